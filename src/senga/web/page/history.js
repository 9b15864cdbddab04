// Undo and redo over states that are never changed in place: each step keeps what it shares with its neighbors.

export const DEEPEST = 1000;

export class History {
  constructor(state, past = [], future = []) {
    this.present = state;
    this.past = past;
    this.future = future;
    this.tag = null;
  }

  /** Makes `state` the present. Steps in a row with the same tag, one drag of a slider, count as one. */
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
    if (!this.past.length) return false;
    this.future.push(this.present);
    this.present = this.past.pop();
    this.tag = null;
    return true;
  }

  redo() {
    if (!this.future.length) return false;
    this.past.push(this.present);
    this.present = this.future.pop();
    this.tag = null;
    return true;
  }
}
