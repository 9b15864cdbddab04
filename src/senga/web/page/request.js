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
  reach: 'object',
  gap: 1,
  seed: 0,
  palette: [],
  paletteOn: false,
  fromIdea: false,
  reference: null,
  strength: 1,
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
export const complete = (kept) => ({ ...FRESH, ...kept });

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
    reach: state.reach,
    gap: state.gap,
    seed: state.seed,
    recolored: state.recolored,
    finished: state.finished ? state.finished.name : null,
    locked: state.finished ? state.locked : [],
    within: state.finished ? state.within : [],
  };
}

/**
 * The state that a project file's request stands for; `reference` and `finished` are its pictures among the drawing's
 * own, if any.
 * @param {Partial<Request>} request
 * @param {Reference | null} reference
 * @param {Finished | null} finished
 * @returns {State}
 */
export function stateOf(request, reference = null, finished = null) {
  const { marks = [], mode, tint, light, reach, gap, seed, palette = [], reference_strength: strength, recolored, locked, within } = request;
  const given = Object.entries({ mode, tint, light, reach, gap, seed, strength, recolored, locked, within }).filter(([, value]) => value !== undefined);
  return { ...FRESH, ...Object.fromEntries(given), marks, palette, paletteOn: palette.length > 0, reference, finished };
}

/**
 * A name that the request takes: printable, short.
 * @param {string} name
 */
export function plainName(name) {
  return (name || 'reference').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').slice(0, 80);
}
