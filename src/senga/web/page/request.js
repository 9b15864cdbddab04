// A drawing's state, and the request that the server gets of it (its JSON form is fixed in senga.color.request).

/** @import { Finished, Mark, Reference, Request, State } from './types.d.ts' */

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
  recolored: [],
  finished: null,
  locked: [],
  within: [],
});

/**
 * A state that an older page kept, which lacks settings that came later, with all of them.
 * @param {Partial<State>} kept
 * @returns {State}
 */
export const complete = (kept) => (Object.keys(FRESH).every((key) => key in kept) ? /** @type {State} */ (kept) : { ...FRESH, ...kept });

/**
 * The request of a state, with the mark that grows under the pen.
 * @param {Partial<State>} kept
 * @param {Mark | null} growing
 * @returns {Request}
 */
export function requestOf(kept, growing = null) {
  const state = complete(kept);
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
    recolored: state.recolored,
    finished: state.finished ? state.finished.name : null,
    locked: state.finished ? state.locked : [],
    within: state.finished ? state.within : [],
    colored: state.colored ? state.colored.name : null,
  };
}

/**
 * The state that a project file's request stands for; `reference`, `colored` and `finished` are its pictures among the
 * drawing's own, if any.
 * @param {Partial<Request>} request
 * @param {Reference | null} reference
 * @param {Reference | null} colored
 * @param {Finished | null} finished
 * @returns {State}
 */
export function stateOf(request, reference = null, colored = null, finished = null) {
  const { light_softness: lightSoftness, shade_softness: shadeSoftness, shade_tint: shadeTint, light_side: lightSide } = request;
  const { marks = [], mode, tint, light, shade, reach, gap, seed, palette = [], reference_strength: strength, recolored, locked, within } = request;
  const given = Object.entries({ mode, tint, light, shade, lightSoftness, shadeSoftness, shadeTint, lightSide, reach, gap, seed, strength,
    recolored, locked, within }).filter(([, value]) => value !== undefined);
  return { ...FRESH, ...Object.fromEntries(given), marks, palette, paletteOn: palette.length > 0, reference, colored, finished };
}

/**
 * A name that the request takes: printable, short.
 * @param {string} name
 */
export function plainName(name) {
  return (name || 'reference').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 80);
}
