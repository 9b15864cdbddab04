// Colors that were answered, kept so that undo shows them at once: as many as a number of bytes has room for.

import { Kept } from './kept.js';

/** @import { Colors, State } from './types.d.ts' */

export const ROOM = 96_000_000; // bytes of a drawing's kept colors, as the window holds them

/**
 * Bytes that colors take in the window.
 * @param {Colors} colors
 */
export function bytesOf({ bitmap, ink }) {
  return 4 * (bitmap.width * bitmap.height + (ink ? ink.width * ink.height : 0));
}

/** @param {Colors} colors */
function close({ bitmap, ink }) {
  bitmap.close();
  ink?.close();
}

export class Remembered {
  /** @type {Colors | null} what is in the window: it stays, whatever room there is */
  shown = null;

  constructor(room = ROOM) {
    /** @type {Kept<Colors>} */
    this.kept = new Kept(bytesOf, close);
    this.room = room;
  }

  /** Bytes of what is kept and of what is shown. */
  get bytes() {
    return this.kept.bytes + (this.shown && !this.kept.holds(this.shown) ? bytesOf(this.shown) : 0);
  }

  /**
   * The colors of a state, which count as used; nothing where they are not kept.
   * @param {State} state
   */
  get(state) {
    return this.kept.get(state);
  }

  /**
   * Colors come into the window, and are kept for their state where that is known. What was there before is let go of
   * unless it is kept; then the longest unused, until the rest has room.
   * @param {Colors} colors
   * @param {State | undefined} state
   */
  show(colors, state) {
    const before = this.shown;
    this.shown = colors;
    const kept = before !== null && this.kept.holds(before);
    if (state) this.kept.put(state, colors);
    if (before && before !== colors && !kept) close(before);
    this.trim(this.room);
  }

  /**
   * Keeps no more than so many bytes, and what is shown.
   * @param {number} room
   */
  trim(room) {
    const beside = this.bytes - this.kept.bytes; // what is shown and not kept
    this.kept.trim(room - beside, (colors) => colors === this.shown);
  }

  /** Lets go of everything. */
  clear() {
    if (this.shown && !this.kept.holds(this.shown)) close(this.shown);
    this.kept.clear();
    this.shown = null;
  }
}
