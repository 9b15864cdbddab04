// The brush's size: thousandths of the drawing's longest side, set along a curve, so that small ones can be set finely.

import { app } from './app.js';

export const SMALLEST = 1, LARGEST = 120;

/** Tools that have a size. */
export const SIZED = ['brush', 'dot', 'line', 'erase'];

const bounded = (/** @type {number} */ size) => Math.min(LARGEST, Math.max(SMALLEST, size));

/** 0 to 1 to a size. */
export const sizeAt = (/** @type {number} */ place) => bounded(SMALLEST * (LARGEST / SMALLEST) ** place);

/** A size to 0 to 1. */
export const placeOf = (/** @type {number} */ size) => Math.log(size / SMALLEST) / Math.log(LARGEST / SMALLEST);

/** @param {boolean} up */
export function stepSize(up) {
  app.set({ size: bounded(app.settings.size * (up ? 1.2 : 1 / 1.2)) });
}

/**
 * The size whose ring has a radius in the window.
 * @param {number} radius window px
 */
export function sizeOfRing(radius) {
  const drawing = app.current;
  return drawing ? bounded((2000 * radius) / (drawing.view.scale * Math.max(drawing.width, drawing.height))) : app.settings.size;
}
