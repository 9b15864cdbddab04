// What the server makes of a whole drawing: pictures of its states, files, layers, candidates.

import { pictureOf } from './pictures.js';
import { requestOf } from './request.js';
import * as server from './server.js';

/** @import { Drawing } from './drawing.js' */
/** @import { State } from './types.d.ts' */

/**
 * Works that need the whole drawing on the server: again once when it was forgotten.
 * @template Result
 * @param {Drawing} drawing
 * @param {() => Promise<Result>} work
 */
async function whole(drawing, work) {
  await drawing.bring().catch((error) => { if (server.statusOf(error) !== 404) throw error; });
  try {
    return await work();
  } catch (error) {
    if (server.statusOf(error) !== 404) throw error;
    await drawing.again();
    await drawing.bring();
    return work();
  }
}

/**
 * The picture of one of a drawing's states, with its lines.
 * @param {Drawing} drawing
 * @param {State} state
 * @param {number} side longest, px; 0 is the drawing's own
 * @param {AbortSignal} [signal]
 */
export const picture = (drawing, state, side, signal = undefined) => whole(drawing, () => pictureOf(drawing, state, side, signal));

/**
 * The finished file in one of the server's formats.
 * @param {Drawing} drawing
 * @param {string} format
 * @param {Record<string, string>} options
 * @param {AbortSignal} [signal]
 */
export function exported(drawing, format, options = {}, signal = undefined) {
  return whole(drawing, () => server.exported(drawing.id, requestOf(drawing.state), { format, ...options }, signal));
}

/**
 * A drawing's present colors without lines, at full size.
 * @param {Drawing} drawing
 */
export const colorLayer = (drawing) => whole(drawing, () => server.colorLayer(drawing.id, requestOf(drawing.state)));

/**
 * So many answers to the present request, from one seed on.
 * @param {Drawing} drawing
 * @param {number} count
 * @param {number} seed
 * @param {AbortSignal} [signal]
 */
export async function* candidates(drawing, count, seed, signal) {
  // Ideas after an idea are not held to its palette.
  const state = drawing.state.fromIdea ? { ...drawing.state, paletteOn: false } : drawing.state;
  const request = { ...requestOf(state), candidates: count, seed, colored: null }; // which would leave nothing to choose
  await drawing.bring(['reference', 'finished']);
  yield* server.candidates(drawing.id, request, signal);
}
