// Pictures that a drawing's state names, on their way to the server: which of them it has.

import { plainName } from './request.js';
import * as server from './server.js';

/** @import { Drawing } from './drawing.js' */
/** @import { State } from './types.d.ts' */
/** @typedef {'reference' | 'finished' | 'colored'} Kind of a picture that a state names */

/** @type {Record<Kind, [bring: (id: string, blob: Blob) => Promise<unknown>, drop: (id: string) => Promise<unknown>]>} */
export const ROADS = {
  reference: [server.setReference, server.dropReference],
  finished: [server.setFinished, server.dropFinished],
  colored: [server.setColored, server.dropColored],
};

export const KINDS = /** @type {Kind[]} */ (Object.keys(ROADS));

export class Handed {
  /** @type {Partial<Record<Kind, string | null>>} keys of the pictures that the server has, where that is known */
  has = {};

  /** The server has a drawing anew: without pictures. */
  static none() {
    const handed = new Handed();
    for (const kind of KINDS) handed.has[kind] = null;
    return handed;
  }

  /**
   * Whether the server has just what a state names.
   * @param {State} state
   */
  fits(state) {
    return KINDS.every((kind) => this.has[kind] === (state[kind]?.key ?? null));
  }

  /**
   * Brings what a state names to the server, and takes away what it does not name; answers whether anything changed.
   * @param {string} id of the drawing
   * @param {State} state
   * @param {Record<string, Blob>} files by their keys
   * @param {readonly Kind[]} kinds
   */
  async bring(id, state, files, kinds = KINDS) {
    let changed = false;
    for (const kind of kinds) {
      const wanted = state[kind]?.key ?? null;
      if (this.has[kind] === wanted) continue;
      const [bring, drop] = ROADS[kind];
      await (wanted === null ? drop(id) : bring(id, files[wanted]));
      this.has[kind] = wanted;
      changed = true;
    }
    return changed;
  }
}

/**
 * Whether the picture that a drawing was drawn from keeps its colors where no hint changes them: one step.
 * @param {Drawing} drawing
 * @param {boolean} on
 */
export function keepColors(drawing, on) {
  const { key, original } = drawing;
  drawing.change({ colored: on && drawing.source !== drawing.blob ? { key: `${key}-source`, name: plainName(original) } : null });
}
