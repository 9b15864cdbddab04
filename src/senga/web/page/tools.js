// What each tool does with a pointer that goes down, moves and goes up on a drawing.

import { announce } from './announce.js';
import { app } from './app.js';
import { extend, finished } from './marks.js';
import { brushWidth, colorAt, pointer, redraw } from './renderer.js';
import { laggedBy, Steadied } from './smoothing.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Step } from './smoothing.js' */
/** @import { DrawnMark, Mark, Point, Tool } from './types.d.ts' */

/** @type {Tool[]} */
export const TOOLS = ['brush', 'dot', 'line', 'fill', 'erase', 'pick', 'select', 'recolor', 'lock', 'lasso', 'hand'];

/** Tools whose strokes are evened out. */
const STEADIED = ['brush', 'erase'];

const LONGEST = 4000; // points of a mark

const hundredths = (/** @type {number} */ v) => Math.round(v * 100) / 100;

/**
 * Marks have whole coordinates at the centers of pixels; windows have them at corners.
 * @param {Point} place
 * @returns {Point}
 */
const center = ([x, y]) => [x - 0.5, y - 0.5];

/**
 * A point of a mark that has one only.
 * @param {Point} place
 * @returns {Point}
 */
function only(place) {
  const [x, y] = center(place);
  return [hundredths(x), hundredths(y)];
}

/** A pen's pressure as a share of the width: a light touch still shows. */
const share = (/** @type {number} */ pressure) => Math.min(1, 0.12 + 0.88 * pressure);

/**
 * The mark that a tool begins, or null where it lays none.
 * @param {Tool} tool
 * @param {number} width
 * @param {boolean} pressed whether it takes the pen's pressure
 * @returns {Mark | null}
 */
function begun(tool, width, pressed) {
  const { color } = app.settings;
  if (tool === 'pick') return null;
  const far = (/** @type {'stroke' | 'fill'} */ kind) => {
    const reach = app.settings.reaches[kind];
    return reach ? { reach } : {};
  };
  if (tool === 'fill') return { kind: 'fill', points: [], color, ...far('fill') };
  const pressure = pressed ? { pressure: [] } : {};
  if (tool === 'erase') return { kind: 'erase', points: [], width, ...pressure };
  return { kind: 'stroke', points: [], color, width, ...pressure, ...far('stroke') };
}

/** One stroke from down to up. */
export class Stroke {
  /**
   * @param {Drawing} drawing
   * @param {Tool} tool
   * @param {Point} place drawing px
   * @param {number | null} pressure null for what has none
   * @param {boolean} straight
   */
  constructor(drawing, tool, place, pressure, straight) {
    this.drawing = drawing;
    this.tool = tool;
    this.straight = straight || tool === 'line';
    this.from = place;
    const lag = STEADIED.includes(tool) ? laggedBy(app.settings.smoothing) / drawing.view.scale : 0;
    this.hand = new Steadied(lag);
    this.mark = begun(tool, hundredths(brushWidth(drawing)), pressure !== null && app.settings.pressure);
    this.move(place, pressure);
  }

  /**
   * @param {Point} place
   * @param {number | null} pressure
   * @param {Point | null} foreseen where the pen is about to be, which is shown and not kept
   */
  move(place, pressure, foreseen = null) {
    const { mark } = this;
    const force = pressure === null ? 1 : share(pressure);
    if (!mark) this.#pick(place);
    else if (mark.kind === 'fill') mark.points = [only(place)];
    else if (this.#grow(mark, place, force)) this.drawing.grow(this.#seen(mark, foreseen && [foreseen, force]));
    redraw();
  }

  /**
   * A mark as the eye expects it: up to the pen, however far it follows behind.
   * @param {DrawnMark} mark
   * @param {Step | null} foreseen
   */
  #seen(mark, foreseen) {
    const whole = finished(mark);
    if (this.tool !== 'dot' && !this.straight) this.#lead(whole, this.hand.ahead(foreseen));
    return whole;
  }

  /**
   * @param {DrawnMark} mark
   * @param {Step[]} steps
   */
  #lead(mark, steps) {
    const nearest = Math.max(0.4, 0.8 / this.drawing.view.scale, mark.width * 0.05);
    let grown = false;
    for (const [place, force] of steps) grown = extend(mark, center(place), force, nearest) || grown;
    return grown;
  }

  /** @param {Point} place */
  #pick(place) {
    pointer.color = colorAt(this.drawing, place);
  }

  /**
   * Leads a mark to a place; answers whether that changed it.
   * @param {DrawnMark} mark
   * @param {Point} place
   * @param {number} force
   */
  #grow(mark, place, force) {
    if (mark.points.length >= LONGEST) this.#split(mark);
    if (this.tool === 'dot') {
      mark.points = [only(place)];
      if (mark.pressure) mark.pressure = [Math.max(force, mark.pressure[0] ?? 0)];
      return true;
    }
    if (this.straight) {
      const first = mark.pressure?.[0] ?? force;
      mark.points = [];
      if (mark.pressure) mark.pressure = [];
      extend(mark, center(this.from), first, 0);
      extend(mark, center(place), Math.max(force, first), 0.5);
      return true;
    }
    return this.#lead(mark, this.hand.move(place, force)) || this.hand.lag > 0;
  }

  /**
   * A very long stroke goes on as a mark of its own.
   * @param {DrawnMark} mark
   */
  #split(mark) {
    this.drawing.settle(finished(mark));
    mark.points = mark.points.slice(-1);
    if (mark.pressure) mark.pressure = mark.pressure.slice(-1);
  }

  end() {
    const { color } = pointer;
    pointer.color = null;
    if (this.mark) {
      if (this.mark.kind !== 'fill' && this.tool !== 'dot' && !this.straight) this.#lead(this.mark, this.hand.ahead());
      if (this.mark.kind === 'erase') this.drawing.wipe(finished(this.mark));
      else this.drawing.settle(finished(this.mark));
      if (this.mark.kind !== 'erase') app.useColor(this.mark.color);
    } else if (color) {
      app.setColor(color);
      announce(t('picked-say', { color }));
    }
    redraw();
  }

  /** The stroke was none: two fingers came, or the window lost it. */
  cancel() {
    pointer.color = null;
    if (this.mark) this.drawing.settle(null);
    redraw();
  }
}
