// Colors that were answered, kept so that undo shows them at once: as many as a number of bytes has room for.

/** @import { Colors, State } from './types.d.ts' */

export const ROOM = 96_000_000; // bytes of a drawing's kept colors, as the window holds them

/**
 * Bytes that colors take in the window.
 * @param {Colors} colors
 */
export function bytesOf({ bitmap, ink }) {
  return 4 * (bitmap.width * bitmap.height + (ink ? ink.width * ink.height : 0));
}

/** @param {Colors | null} colors */
function close(colors) {
  colors?.bitmap.close();
  colors?.ink?.close();
}

export class Remembered {
  /** @type {Map<State, Colors>} the longest unused first */
  #kept = new Map();
  /** @type {Colors | null} what is in the window: it stays, whatever room there is */
  shown = null;

  constructor(room = ROOM) {
    this.room = room;
  }

  /** Bytes of all that is kept. */
  get bytes() {
    const all = new Set(this.#kept.values());
    if (this.shown) all.add(this.shown);
    return [...all].reduce((sum, colors) => sum + bytesOf(colors), 0);
  }

  /**
   * The colors of a state, which count as used; nothing where they are not kept.
   * @param {State} state
   */
  get(state) {
    const found = this.#kept.get(state);
    if (found) {
      this.#kept.delete(state);
      this.#kept.set(state, found);
    }
    return found;
  }

  /**
   * Colors come into the window, and are kept for their state where that is known. What was there before is let go of
   * unless it is kept; then the longest unused, until the rest has room.
   * @param {Colors} colors
   * @param {State | undefined} state
   */
  show(colors, state) {
    const before = new Set([this.shown, state ? this.#kept.get(state) ?? null : null]);
    this.shown = colors;
    if (state) {
      this.#kept.delete(state);
      this.#kept.set(state, colors);
    }
    for (const old of before) this.#leave(old);
    this.trim(this.room);
  }

  /**
   * Keeps no more than so many bytes, and what is shown.
   * @param {number} room
   */
  trim(room) {
    for (const [state, colors] of this.#kept) {
      if (this.bytes <= room) return;
      if (colors === this.shown) continue;
      this.#kept.delete(state);
      this.#leave(colors);
    }
  }

  /** Lets go of everything. */
  clear() {
    for (const colors of new Set(this.#kept.values())) if (colors !== this.shown) close(colors);
    close(this.shown);
    this.#kept.clear();
    this.shown = null;
  }

  /** @param {Colors | null} colors */
  #leave(colors) {
    if (colors !== this.shown && ![...this.#kept.values()].includes(/** @type {Colors} */ (colors))) close(colors);
  }
}
