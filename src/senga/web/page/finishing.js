// The colors that are finished: a picture of what is seen now, which stays where regions are locked or outside the lasso.

import { colorLayer } from './made.js';
import { requestOf } from './request.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Finished, State } from './types.d.ts' */

/** @type {WeakMap<Drawing, {state: State, finished: Finished}>} the last one that was made of each drawing, and of which state */
const last = new WeakMap();

/**
 * Whether a picture of one state shows another one too, which may hold more, but nothing less.
 * @param {State} made
 * @param {State} state
 */
export function stillShows(made, state) {
  const free = (/** @type {State} */ s) => ({ ...s, locked: null, within: null, finished: null });
  const [a, b] = [free(made), free(state)];
  const same = Object.entries(a).every(([key, value]) => value === Reflect.get(b, key));
  return same && made.locked.every((point) => state.locked.includes(point)) && (!made.within.length || made.within === state.within);
}

/**
 * The colors of a drawing as they are now, kept beside it.
 * @param {Drawing} drawing
 * @returns {Promise<Finished>}
 */
export async function finishNow(drawing) {
  const { state } = drawing;
  const known = last.get(drawing);
  if (known && stillShows(known.state, state)) return known.finished;
  const key = await drawing.keepFile(await colorLayer(drawing));
  const finished = { key, name: 'finished' };
  last.set(drawing, { state, finished });
  return finished;
}

/**
 * What a state holds after a change, without a picture that nothing needs.
 * @param {State} state
 * @param {Partial<Pick<State, 'locked' | 'within' | 'finished'>>} patch
 */
export function holding(state, patch) {
  const { locked, within, finished } = { ...state, ...patch };
  return { locked, within, finished: locked.length || within.length ? finished : null };
}

/** The request of a state as its regions are looked at: by nothing but its gap. */
export const bare = (/** @type {State} */ state) => ({ ...requestOf({ gap: state.gap }) });
