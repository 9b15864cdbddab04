// Panes that show one view: drags move it, the wheel and two fingers zoom it, a double click shows all of it.

/** @import { Point } from './types.d.ts' */
/** @import { View } from './view.js' */

export class Draggable {
  /** @type {Map<number, Point>} by the pointer's id, in its pane */
  #held = new Map();

  /**
   * @param {HTMLCanvasElement[]} panes of one size
   * @param {View} view
   * @param {() => unknown} moved
   * @param {() => unknown} fit shows all of it
   */
  constructor(panes, view, moved, fit) {
    this.view = view;
    this.moved = moved;
    for (const pane of panes) {
      pane.addEventListener('pointerdown', (event) => {
        pane.setPointerCapture(event.pointerId);
        this.#held.set(event.pointerId, placeIn(pane, event));
      });
      pane.addEventListener('pointermove', (event) => this.#move(event.pointerId, placeIn(pane, event)));
      for (const type of ['pointerup', 'pointercancel']) {
        pane.addEventListener(type, (event) => { if (event instanceof PointerEvent) this.#held.delete(event.pointerId); });
      }
      pane.addEventListener('wheel', (event) => {
        event.preventDefault();
        view.about(placeIn(pane, event), Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)));
        moved();
      }, { passive: false });
      pane.addEventListener('dblclick', () => { fit(); moved(); });
    }
  }

  /**
   * @param {number} id
   * @param {Point} at
   */
  #move(id, at) {
    const from = this.#held.get(id);
    if (!from) return;
    const other = [...this.#held].find(([one]) => one !== id)?.[1];
    this.#held.set(id, at);
    if (other) {
      const [was, is] = [from, at].map(([x, y]) => Math.hypot(x - other[0], y - other[1]));
      this.view.about([(at[0] + other[0]) / 2, (at[1] + other[1]) / 2], was > 0 ? is / was : 1);
      this.view.pan((at[0] - from[0]) / 2, (at[1] - from[1]) / 2);
    } else this.view.pan(at[0] - from[0], at[1] - from[1]);
    this.moved();
  }
}

/**
 * @param {HTMLElement} pane
 * @param {MouseEvent} event
 * @returns {Point}
 */
function placeIn(pane, event) {
  const box = pane.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}
