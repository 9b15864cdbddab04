// How a drawing lies in the window: the place of the drawing in its middle, scale, turn and mirror.

/** @import { KeptView, Point } from './types.d.ts' */

export const SMALLEST = 0.02;
export const LARGEST = 32;

/** How near to upright, or to a quarter of a turn, a free turn catches, radians. Ours. */
const CATCHES = (4 * Math.PI) / 180;

/**
 * An angle, or the quarter of a turn that it is near to.
 * @param {number} angle radians
 */
export function snapped(angle) {
  const quarter = Math.round(angle / (Math.PI / 2)) * (Math.PI / 2);
  return Math.abs(angle - quarter) < CATCHES ? quarter : angle;
}

export class View {
  x = 0;
  y = 0;
  scale = 1;
  angle = 0;
  mirror = false;
  fitted = false;
  width = 1;
  height = 1;

  /**
   * The window's size in CSS px.
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.width = Math.max(1, width);
    this.height = Math.max(1, height);
  }

  /**
   * Shows a whole drawing upright. `edge` px stay free around it.
   * @param {number} width
   * @param {number} height
   */
  fit(width, height, edge = 24) {
    this.x = width / 2;
    this.y = height / 2;
    this.angle = 0;
    const room = Math.min((this.width - 2 * edge) / width, (this.height - 2 * edge) / height);
    this.scale = Math.min(LARGEST, Math.max(SMALLEST, Math.min(room, 4)));
    this.fitted = true; // until the person moves it: it follows the window's size
  }

  /** The matrix [a b c d e f] from drawing px to window px. */
  matrix() {
    const cos = Math.cos(this.angle) * this.scale, sin = Math.sin(this.angle) * this.scale;
    const flip = this.mirror ? -1 : 1;
    const [a, b, c, d] = [flip * cos, flip * sin, -sin, cos];
    return [a, b, c, d, this.width / 2 - a * this.x - c * this.y, this.height / 2 - b * this.x - d * this.y];
  }

  /**
   * @param {Point} place
   * @returns {Point}
   */
  toWindow([x, y]) {
    const [a, b, c, d, e, f] = this.matrix();
    return [a * x + c * y + e, b * x + d * y + f];
  }

  /**
   * @param {Point} place
   * @returns {Point}
   */
  toDrawing([x, y]) {
    const [a, b, c, d, e, f] = this.matrix();
    const det = a * d - b * c, u = x - e, v = y - f;
    return [(d * u - c * v) / det, (a * v - b * u) / det];
  }

  /**
   * Moves the drawing by window px.
   * @param {number} dx
   * @param {number} dy
   */
  pan(dx, dy) {
    this.fitted = false;
    const from = this.toDrawing([0, 0]), to = this.toDrawing([dx, dy]);
    this.x -= to[0] - from[0];
    this.y -= to[1] - from[1];
  }

  /**
   * Zooms and turns about a window place, which keeps its drawing place.
   * @param {Point} place
   * @param {number} factor
   */
  about(place, factor, turn = 0) {
    this.fitted = false;
    const before = this.toDrawing(place);
    this.scale = Math.min(LARGEST, Math.max(SMALLEST, this.scale * factor));
    this.angle += turn;
    const after = this.toDrawing(place);
    this.x += before[0] - after[0];
    this.y += before[1] - after[1];
  }

  /**
   * Turns to an angle about a window place, which keeps its drawing place.
   * @param {number} angle radians, clockwise as it is seen
   * @param {Point} place
   */
  turnTo(angle, place) {
    this.about(place, 1, angle - this.angle);
    this.angle = Math.atan2(Math.sin(angle), Math.cos(angle)); // no more than half a turn
  }

  /** How far it is turned as it is seen, whole degrees from -179 to 180. */
  get degrees() {
    const whole = Math.round((this.angle * 180) / Math.PI) % 360;
    const half = whole > 180 ? whole - 360 : whole;
    return half <= -180 ? half + 360 : half + 0;
  }

  /** @returns {Point} */
  get middle() {
    return [this.width / 2, this.height / 2];
  }

  /** @returns {KeptView} */
  kept() {
    const { x, y, scale, angle, mirror, fitted } = this;
    return { x, y, scale, angle, mirror, fitted };
  }
}
