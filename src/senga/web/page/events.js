// Who emits events, and who listens to them.

/** @import { Names } from './types.d.ts' */

/**
 * Emits events by name; `Details` says what comes with each.
 * @template {object} Details
 */
export class Events extends EventTarget {
  /**
   * Calls those who listen.
   * @template {keyof Details & string} Type
   * @param {Type} type
   * @param {Details[Type]} [detail]
   */
  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /**
   * Calls `listener` with the detail whenever an event of one of `types`, with spaces between, is emitted.
   * @template {string} Types
   * @param {Names<Types> extends keyof Details ? Types : never} types
   * @param {(detail: Details[Names<Types> & keyof Details]) => unknown} listener
   */
  on(types, listener) {
    for (const type of types.split(' ')) {
      this.addEventListener(type, (event) => { if (event instanceof CustomEvent) listener(event.detail); });
    }
  }
}
