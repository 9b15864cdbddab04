// A picture at its size and at halves of it, so that thin lines stay smooth when a large drawing is shown small.

export class Pyramid {
  constructor(bitmap) {
    this.levels = [bitmap];
    this.width = bitmap.width;
    this.height = bitmap.height;
  }

  /** The level whose pixels are just finer than `scale` window px per drawing px asks for. */
  at(scale) {
    let level = 0;
    while (scale * 2 ** (level + 1) <= 1 && Math.min(this.width, this.height) >> (level + 1) >= 64) level += 1;
    while (this.levels.length <= level) this.levels.push(half(this.levels.at(-1)));
    return this.levels[level];
  }

  /** Draws the whole picture into the drawing's box (0, 0, width, height). */
  draw(pen, scale, width = this.width, height = this.height) {
    pen.imageSmoothingEnabled = scale < 4;
    pen.imageSmoothingQuality = 'high';
    pen.drawImage(this.at(scale), 0, 0, width, height);
  }

  close() {
    this.levels[0].close?.();
    this.levels = [];
  }
}

function half(picture) {
  const small = new OffscreenCanvas(Math.max(1, picture.width >> 1), Math.max(1, picture.height >> 1));
  const pen = small.getContext('2d');
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(picture, 0, 0, small.width, small.height);
  return small;
}
