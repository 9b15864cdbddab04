// A picture at its size and at halves of it, so that thin lines stay smooth when a large drawing is shown small.

import { penOn } from './pens.js';

/** @import { Pen, Picture } from './types.d.ts' */

export class Pyramid {
  /** @param {ImageBitmap} bitmap */
  constructor(bitmap) {
    this.bitmap = bitmap;
    /** @type {Picture[]} */
    this.levels = [bitmap];
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  /**
   * The level whose pixels are just finer than `scale` window px per drawing px asks for.
   * @param {number} scale
   */
  at(scale) {
    let level = 0;
    while (scale * 2 ** (level + 1) <= 1 && Math.min(this.width, this.height) >> (level + 1) >= 64) level += 1;
    while (this.levels.length <= level) this.levels.push(half(this.levels[this.levels.length - 1]));
    return this.levels[level];
  }

  /**
   * Draws the whole picture into the drawing's box (0, 0, width, height).
   * @param {Pen} pen
   * @param {number} scale
   */
  draw(pen, scale, width = this.width, height = this.height) {
    pen.imageSmoothingEnabled = scale < 4;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(this.at(scale), 0, 0, width, height);
  }

  close() {
    this.bitmap.close();
    this.levels = [];
  }
}

/** @param {Picture} picture */
function half(picture) {
  const small = new OffscreenCanvas(Math.max(1, picture.width >> 1), Math.max(1, picture.height >> 1));
  const pen = penOn(small);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, small.width, small.height);
  return small;
}
