// A drawing's state, and the request that the server gets of it (its JSON form is fixed in senga.color.request).

/** @import { Mark, Reference, Request, State } from './types.d.ts' */

/**
 * The state of a drawing on which nothing was done yet.
 * @type {State}
 */
export const FRESH = Object.freeze({
  marks: [],
  mode: 'paint',
  tint: 0,
  light: 1,
  shade: null,
  lightSoftness: 0,
  shadeSoftness: 0,
  shadeTint: null,
  lightSide: -0.25,
  reach: 'object',
  gap: 1,
  seed: 0,
  palette: [],
  paletteOn: false,
  fromIdea: false,
  reference: null,
  strength: 1,
  colored: null,
});

/**
 * The request of a state, with the mark that grows under the pen.
 * @param {Partial<State>} kept
 * @param {Mark | null} growing
 * @returns {Request}
 */
export function requestOf(kept, growing = null) {
  const state = { ...FRESH, ...kept }; // what an older page kept lacks settings that came later
  return {
    marks: growing ? [...state.marks, growing] : state.marks,
    palette: state.paletteOn ? state.palette : [],
    reference: state.reference ? state.reference.name : null,
    reference_strength: state.strength,
    tint: state.tint,
    mode: state.mode,
    light: state.light,
    shade: state.shade,
    light_softness: state.lightSoftness,
    shade_softness: state.shadeSoftness,
    shade_tint: state.shadeTint,
    light_side: state.lightSide,
    reach: state.reach,
    gap: state.gap,
    seed: state.seed,
    colored: state.colored ? state.colored.name : null,
  };
}

/**
 * The state that a project file's request stands for; `reference` and `colored` are its pictures among the drawing's
 * own, if any.
 * @param {Partial<Request>} request
 * @param {Reference | null} reference
 * @param {Reference | null} colored
 * @returns {State}
 */
export function stateOf(request, reference = null, colored = null) {
  const { light_softness: lightSoftness, shade_softness: shadeSoftness, shade_tint: shadeTint, light_side: lightSide } = request;
  const { marks = [], mode, tint, light, shade, reach, gap, seed, palette = [], reference_strength: strength } = request;
  const given = Object.entries({ mode, tint, light, shade, lightSoftness, shadeSoftness, shadeTint, lightSide, reach, gap, seed, strength }).filter(([, value]) => value !== undefined);
  return { ...FRESH, ...Object.fromEntries(given), marks, palette, paletteOn: palette.length > 0, reference, colored };
}

/**
 * A name that the request takes: printable, short.
 * @param {string} name
 */
export function plainName(name) {
  return (name || 'reference').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 80);
}
