// A steady hand: strokes follow the pen as if drawn behind it on a string, which evens out what trembles.

/** @import { Point } from './types.d.ts' */

/** @typedef {[place: Point, force: number]} Step */
/** @typedef {{point: Point, force: number, between: Point, pressing: number, pen: Point, pressed: number}} Place */

export const LONGEST = 60; // window px by which the strongest smoothing follows behind, twice

/**
 * How far a stroke follows behind the pen, window px.
 * @param {number} strength 0 to 1
 */
export const laggedBy = (strength) => LONGEST * strength ** 2;

/**
 * One stroke's way, evened out: twice, so that it has no corners. What counts is how far the pen went, not how fast, nor
 * how often it was heard of.
 */
export class Steadied {
  /** @type {Place | null} */
  #at = null;

  /** @param {number} lag px of the stroke's own; 0 leaves it as it is drawn */
  constructor(lag) {
    this.lag = lag;
  }

  /**
   * The pen went to a place: the steps that the stroke takes.
   * @param {Point} place
   * @param {number} force
   * @returns {Step[]}
   */
  move(place, force) {
    const at = this.#at;
    if (!at || this.lag <= 0) {
      this.#at = { point: place, force, between: place, pressing: force, pen: place, pressed: force };
      return [[place, force]];
    }
    const far = Math.hypot(place[0] - at.pen[0], place[1] - at.pen[1]);
    const count = Math.max(1, Math.min(64, Math.ceil((4 * far) / this.lag)));
    const { pen, pressed } = at;
    /** @type {Step[]} */
    const steps = [];
    for (let i = 1; i <= count; i += 1) {
      const share = i / count;
      steps.push(this.#follow(at, [pen[0] + (place[0] - pen[0]) * share, pen[1] + (place[1] - pen[1]) * share],
        pressed + (force - pressed) * share, far / count));
    }
    return steps;
  }

  /**
   * The way on from where the stroke is to the pen, which it reaches; the stroke itself stays where it is.
   * @param {Step | null} foreseen where the pen is about to be
   * @returns {Step[]}
   */
  ahead(foreseen = null) {
    const at = this.#at;
    if (!at || this.lag <= 0) return foreseen ? [foreseen] : [];
    const going = { ...at }, { pen, pressed } = at;
    /** @type {Step[]} */
    const steps = [];
    for (let i = 0; i < 24; i += 1) steps.push(this.#follow(going, pen, pressed, this.lag / 3));
    steps.push([pen, pressed]);
    if (foreseen) steps.push(foreseen);
    return steps;
  }

  /**
   * @param {Place} at
   * @param {Point} pen
   * @param {number} pressed
   * @param {number} far px that count
   * @returns {Step}
   */
  #follow(at, pen, pressed, far) {
    const share = 1 - Math.exp(-far / this.lag);
    at.between = [at.between[0] + (pen[0] - at.between[0]) * share, at.between[1] + (pen[1] - at.between[1]) * share];
    at.pressing += (pressed - at.pressing) * share;
    at.point = [at.point[0] + (at.between[0] - at.point[0]) * share, at.point[1] + (at.between[1] - at.point[1]) * share];
    at.force += (at.pressing - at.force) * share;
    at.pen = pen;
    at.pressed = pressed;
    return [at.point, at.force];
  }
}
