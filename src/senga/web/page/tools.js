// What each tool does with a pointer that goes down, moves and goes up on a drawing.

import { announce } from './announce.js';
import { app } from './app.js';
import { extend, finished } from './marks.js';
import { brushWidth, colorAt, pointer, redraw } from './renderer.js';
import { t } from './words.js';

export const TOOLS = [['brush', 'B'], ['dot', 'D'], ['line', 'L'], ['fill', 'G'], ['erase', 'E'], ['pick', 'I'], ['hand', 'H']];

const LONGEST = 4000; // points of a mark

/** Marks have whole coordinates at the centers of pixels; windows have them at corners. */
const center = ([x, y]) => [x - 0.5, y - 0.5];

/** A pen's pressure as a share of the width: a light touch still shows. */
const share = (pressure) => Math.min(1, 0.12 + 0.88 * pressure);

/** One stroke from down to up. `place` is in drawing px; `pressure` null for what has none. */
export class Stroke {
  constructor(drawing, tool, place, pressure, straight) {
    Object.assign(this, { drawing, tool, straight: straight || tool === 'line', from: place });
    const width = Math.round(brushWidth(drawing) * 100) / 100;
    const { color } = app.settings;
    const points = [];
    if (tool === 'pick') return this.move(place, pressure);
    if (tool === 'fill') this.mark = { kind: 'fill', points: [center(place)], color };
    else if (tool === 'erase') this.mark = { kind: 'erase', points, width };
    else this.mark = { kind: 'stroke', points, color, width };
    if (pressure !== null && app.settings.pressure && tool !== 'fill') this.mark.pressure = [];
    this.move(place, pressure);
  }

  move(place, pressure) {
    const { drawing, mark, tool } = this;
    if (tool === 'pick') {
      pointer.color = colorAt(drawing, place);
      if (pointer.color) app.set({ picked: pointer.color });
      return redraw();
    }
    const force = pressure === null ? 1 : share(pressure);
    let grew = true;
    if (mark.points.length >= LONGEST) this.#split();
    if (tool === 'fill' || tool === 'dot') {
      mark.points = [center(place).map((v) => Math.round(v * 100) / 100)];
      if (mark.pressure) mark.pressure = [Math.max(force, mark.pressure[0] ?? 0)];
    } else if (this.straight) {
      const force0 = mark.pressure?.[0] ?? force;
      mark.points = [];
      if (mark.pressure) mark.pressure = [];
      extend(mark, center(this.from), force0, 0);
      extend(mark, center(place), Math.max(force, force0), 0.5);
    } else {
      grew = extend(mark, center(place), force, Math.max(0.4, 0.8 / drawing.view.scale, mark.width * 0.05));
    }
    if (grew && tool !== 'fill') drawing.grow(finished(mark));
    return redraw();
  }

  /** A very long stroke goes on as a mark of its own. */
  #split() {
    const { drawing, mark } = this;
    drawing.settle(finished(mark));
    mark.points = mark.points.slice(-1);
    if (mark.pressure) mark.pressure = mark.pressure.slice(-1);
  }

  end() {
    const { drawing, mark, tool } = this;
    pointer.color = null;
    if (tool === 'pick') {
      if (app.settings.picked) announce(t('picked-say', { color: app.settings.picked }));
      return redraw();
    }
    return drawing.settle(finished(mark));
  }

  /** The stroke was none: two fingers came, or the window lost it. */
  cancel() {
    pointer.color = null;
    if (this.mark) this.drawing.settle(null);
    redraw();
  }
}
