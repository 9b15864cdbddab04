// Undo and redo over states that are never changed in place: each step keeps what it shares with its neighbors.

/** @import { State } from './types.d.ts' */

export const DEEPEST = 1000;

export class History {
  /** @type {string | null} what a run of steps that count as one is of */
  tag = null;

  /**
   * @param {State} state
   * @param {State[]} past
   * @param {State[]} future
   */
  constructor(state, past = [], future = []) {
    this.present = state;
    this.past = past;
    this.future = future;
  }

  /**
   * Makes `state` the present. Steps in a row with the same tag, one drag of a slider, count as one.
   * @param {State} state
   * @param {string | null} tag
   */
  step(state, tag = null) {
    if (state === this.present) return;
    if (tag === null || tag !== this.tag) {
      this.past.push(this.present);
      if (this.past.length > DEEPEST) this.past.shift();
    }
    this.tag = tag;
    this.present = state;
    this.future = [];
  }

  /** Ends a run of steps that count as one. */
  rest() {
    this.tag = null;
  }

  undo() {
    const state = this.past.pop();
    if (!state) return false;
    this.future.push(this.present);
    this.present = state;
    this.tag = null;
    return true;
  }

  redo() {
    const state = this.future.pop();
    if (!state) return false;
    this.past.push(this.present);
    this.present = state;
    this.tag = null;
    return true;
  }
}
