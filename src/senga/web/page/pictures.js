// Finished pictures of any of a drawing's states, with its lines, as an export of that state would be.

import { KINDS, ROADS } from './handed.js';
import { requestOf } from './request.js';
import * as server from './server.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Kind } from './handed.js' */
/** @import { State } from './types.d.ts' */

const IDLE = 60_000; // ms after which a copy of a drawing on the server that nothing needs is forgotten

/**
 * Copies of drawings on the server, for states that name other pictures than the drawing's present one does:
 * their pictures are made there, so that painting goes on undisturbed.
 * @type {WeakMap<Drawing, Promise<Copy | undefined>>}
 */
const copies = new WeakMap();
/** @typedef {{id: string, blob: Blob, has: Partial<Record<Kind, string>>, timer?: ReturnType<typeof setTimeout>}} Copy */

/**
 * The picture of a state, a PNG; throws as the server's calls do.
 * @param {Drawing} drawing
 * @param {State} state
 * @param {number} side longest, px; 0 is the drawing's own
 * @param {AbortSignal} [signal]
 * @returns {Promise<Blob>}
 */
export async function pictureOf(drawing, state, side, signal) {
  const request = requestOf(state);
  const there = KINDS.every((kind) => !state[kind] || state[kind]?.key === drawing.hand.has[kind]);
  if (there) return server.colored(drawing.id, request, side, signal);
  const before = copies.get(drawing);
  const work = (async () => {
    const copy = await copyOf(drawing, await before);
    for (const kind of KINDS) {
      const key = state[kind]?.key;
      if (!key || copy.has[kind] === key) continue;
      await ROADS[kind][0](copy.id, drawing.files[key]);
      copy.has[kind] = key;
    }
    return copy;
  })();
  const made = work.then((copy) => server.colored(copy.id, request, side, signal));
  // The next one waits for this one's picture: the copy has one picture of each kind at a time.
  copies.set(drawing, made.then(() => work, () => work.catch(() => undefined)));
  return made;
}

/**
 * @param {Drawing} drawing
 * @param {Copy | undefined} known
 * @returns {Promise<Copy>}
 */
async function copyOf(drawing, known) {
  clearTimeout(known?.timer);
  const there = known && known.blob === drawing.blob && (await server.knows(known.id));
  const copy = there ? known : { id: (await server.upload(drawing.blob, drawing.name, () => {})).id, blob: drawing.blob, has: {} };
  copy.timer = setTimeout(() => {
    copies.delete(drawing);
    server.forget(copy.id).catch(() => {});
  }, IDLE);
  return copy;
}
