// Colors that are exchanged: what a list of them says after one more. Hints of the color follow.

import { rgbOf } from './color.js';
import { recolored } from './markedit.js';

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
 * Marks of which those of a color have another one; the same list where there are none.
 * @param {readonly Mark[]} marks
 * @param {string} seen
 * @param {string} to
 */
export function followed(marks, seen, to) {
  const has = (/** @type {Mark} */ mark) => mark.kind !== 'erase' && alike(mark.color, seen);
  return marks.some(has) ? marks.map((mark) => (has(mark) ? recolored(mark, to) : mark)) : marks;
}
