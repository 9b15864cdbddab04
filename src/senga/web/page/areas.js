// Parts of a drawing, as the server shows them: asked for, kept, and drawn in a color.

import { penOn } from './pens.js';
import { area } from './server.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Area, Pen, Point, Request } from './types.d.ts' */

const SIDE = 1024; // longest side of its picture, px
const RIM = 2; // px

/**
 * What a fill at a place (a mark's coordinates) would cover on a request's marks, or null where that is nothing.
 * @param {Drawing} drawing
 * @param {Request} request
 * @param {Point} place
 * @param {AbortSignal} [signal]
 * @returns {Promise<Area | null>}
 */
export async function fetchArea(drawing, request, place, signal) {
  const whole = await createImageBitmap(await area(drawing.id, request, place, SIDE, signal));
  const { width, height } = whole;
  const spot = penOn(new OffscreenCanvas(width, height), { willReadFrequently: true });
  spot.drawImage(whole, 0, 0);
  whole.close();
  const { data } = spot.getImageData(0, 0, width, height);
  const box = boxOf(data, width, height);
  if (!box) return null;
  const { x, y, wide, high } = box;
  const cut = spot.getImageData(x, y, wide, high);
  const alpha = Uint8Array.from({ length: wide * high }, (_, i) => cut.data[4 * i + 3]);
  return { bitmap: await createImageBitmap(cut), alpha, x, y, width, height };
}

/**
 * Where a picture is not transparent, with the room of a rim; null where it is so everywhere.
 * @param {Uint8ClampedArray} data RGBA
 * @param {number} width
 * @param {number} height
 */
export function boxOf(data, width, height) {
  let [left, top, right, bottom] = [width, height, -1, -1];
  for (let y = 0, i = 3; y < height; y += 1) {
    for (let x = 0; x < width; x += 1, i += 4) {
      if (!data[i]) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  if (right < 0) return null;
  const x = Math.max(0, left - RIM), y = Math.max(0, top - RIM);
  return { x, y, wide: Math.min(width, right + 1 + RIM) - x, high: Math.min(height, bottom + 1 + RIM) - y };
}

/**
 * Whether an area covers a place, drawing px.
 * @param {Area} part
 * @param {{width: number, height: number}} drawing
 * @param {Point} place
 */
export function covers({ bitmap, alpha, x, y, width, height }, drawing, place) {
  const u = Math.floor((place[0] / drawing.width) * width) - x, v = Math.floor((place[1] / drawing.height) * height) - y;
  return u >= 0 && v >= 0 && u < bitmap.width && v < bitmap.height && alpha[v * bitmap.width + u] > 127;
}

/**
 * Draws an area, or a picture of its size, with a pen whose units are drawing px.
 * @param {Pen} pen
 * @param {Area} part
 * @param {{width: number, height: number}} drawing
 * @param {ImageBitmap | OffscreenCanvas} picture
 */
export function drawArea(pen, { x, y, width, height, bitmap }, drawing, picture = bitmap) {
  const across = drawing.width / width, down = drawing.height / height;
  pen.drawImage(picture, x * across, y * down, picture.width * across, picture.height * down);
}

/**
 * An area in one color, with a rim of another so that it is seen on its own color too.
 * @param {Area} area
 * @param {string} color
 * @param {string} rim
 */
export function tinted({ bitmap }, color, rim) {
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height), pen = penOn(canvas);
  for (const [x, y] of [[-RIM, 0], [RIM, 0], [0, -RIM], [0, RIM]]) pen.drawImage(bitmap, x, y);
  pen.globalCompositeOperation = 'source-in';
  pen.fillStyle = rim;
  pen.fillRect(0, 0, width, height);
  pen.globalCompositeOperation = 'destination-out';
  pen.drawImage(bitmap, 0, 0);
  pen.globalCompositeOperation = 'destination-over';
  const body = new OffscreenCanvas(width, height), brush = penOn(body);
  brush.drawImage(bitmap, 0, 0);
  brush.globalCompositeOperation = 'source-in';
  brush.fillStyle = color;
  brush.fillRect(0, 0, width, height);
  pen.drawImage(body, 0, 0);
  return canvas;
}
