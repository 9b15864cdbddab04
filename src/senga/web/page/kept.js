// Pictures by the states that they show: those in use, and as many others as a number of bytes has room for.

/** @import { State } from './types.d.ts' */

/** @template Value */
export class Kept {
  /** @type {Map<State, Value>} the longest unused first */
  #all = new Map();

  /**
   * @param {(value: Value) => number} bytesOf
   * @param {(value: Value) => unknown} close lets go of a value that is kept no more
   */
  constructor(bytesOf, close) {
    this.bytesOf = bytesOf;
    this.close = close;
  }

  /** Bytes of all that is kept. */
  get bytes() {
    return [...new Set(this.#all.values())].reduce((sum, value) => sum + this.bytesOf(value), 0);
  }

  /** @param {Value} value */
  holds(value) {
    return [...this.#all.values()].includes(value);
  }

  /**
   * What is kept for a state, which counts as used; nothing where there is none.
   * @param {State} state
   */
  get(state) {
    const found = this.#all.get(state);
    if (found) {
      this.#all.delete(state);
      this.#all.set(state, found);
    }
    return found;
  }

  /**
   * Keeps a value in the place of the one that the state had.
   * @param {State} state
   * @param {Value} value
   */
  put(state, value) {
    const before = this.#all.get(state);
    this.#all.delete(state);
    this.#all.set(state, value);
    if (before && !this.holds(before)) this.close(before);
  }

  /**
   * Keeps no more than so many bytes, the longest unused going first, and what is in use.
   * @param {number} room
   * @param {(value: Value, state: State) => boolean} used
   */
  trim(room, used) {
    for (const [state, value] of this.#all) {
      if (this.bytes <= room) return;
      if (used(value, state)) continue;
      this.#all.delete(state);
      if (!this.holds(value)) this.close(value);
    }
  }

  /** Lets go of everything. */
  clear() {
    for (const value of new Set(this.#all.values())) this.close(value);
    this.#all.clear();
  }
}
