// Colors that are exchanged: what a list of them says after one more. Hints of the color follow.

import { rgbOf } from './color.js';
import { recolored, showing } from './markedit.js';

/** @import { Mark, Recolored } from './types.d.ts' */

const SAME = 6; // of 255 in each channel: no eye tells them apart

/**
 * @param {string} one
 * @param {string} other
 */
export function alike(one, other) {
  const b = rgbOf(other);
  return rgbOf(one).every((v, i) => Math.abs(v - b[i]) <= SAME);
}

/**
 * The list after everything that is seen in one color shall be another.
 * @param {readonly Recolored[]} list
 * @param {string} seen as it is now
 * @param {string} to
 * @param {boolean} own whether something has the color by itself, not by exchange
 * @returns {Recolored[]}
 */
export function exchanged(list, seen, to, own) {
  const next = list.map((one) => (alike(one.to, seen) ? { ...one, to } : one));
  if (own && !next.some((one) => alike(one.from, seen))) next.push({ from: seen, to });
  return next.filter((one) => one.from !== one.to);
}

/**
 * Marks of which those of a color show another one; the same list where there are none. The model is told what they were
 * at first: what they have colored beside themselves stays as it is.
 * @param {readonly Mark[]} marks
 * @param {string} seen
 * @param {string} to
 */
export function followed(marks, seen, to) {
  const has = (/** @type {Mark} */ mark) => mark.kind !== 'erase' && alike(mark.color, seen);
  return marks.some(has) ? marks.map((mark) => (has(mark) ? showing(mark, to) : mark)) : marks;
}

/**
 * Marks that were exchanged by one entry of the list, as they were before.
 * @param {readonly Mark[]} marks
 * @param {Recolored} entry
 */
export function putBack(marks, { from, to }) {
  const has = (/** @type {Mark} */ mark) => mark.kind !== 'erase' && mark.told !== undefined && alike(mark.told, from) && alike(mark.color, to);
  return marks.some(has) ? marks.map((mark) => (has(mark) && mark.kind !== 'erase' ? recolored(mark, mark.told ?? mark.color) : mark)) : marks;
}
