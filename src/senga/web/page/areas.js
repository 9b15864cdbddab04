// Parts of a drawing, as the server shows them: asked for, kept, and drawn in a color.

import { penOn } from './pens.js';
import { area } from './server.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Area, Point, Request } from './types.d.ts' */

const SIDE = 1024; // longest side of its picture, px

/**
 * What a fill at a place (a mark's coordinates) would cover on a request's marks, or null where that is nothing.
 * @param {Drawing} drawing
 * @param {Request} request
 * @param {Point} place
 * @param {AbortSignal} [signal]
 * @returns {Promise<Area | null>}
 */
export async function fetchArea(drawing, request, place, signal) {
  const bitmap = await createImageBitmap(await area(drawing.id, request, place, SIDE, signal));
  const spot = penOn(new OffscreenCanvas(bitmap.width, bitmap.height), { willReadFrequently: true });
  spot.drawImage(bitmap, 0, 0);
  const { data } = spot.getImageData(0, 0, bitmap.width, bitmap.height);
  const alpha = Uint8Array.from({ length: data.length / 4 }, (_, i) => data[4 * i + 3]);
  if (alpha.some((a) => a > 0)) return { bitmap, alpha };
  bitmap.close();
  return null;
}

/**
 * Whether an area covers a place, drawing px.
 * @param {Area} area
 * @param {{width: number, height: number}} drawing
 * @param {Point} place
 */
export function covers({ bitmap, alpha }, { width, height }, [x, y]) {
  const u = Math.floor((x / width) * bitmap.width), v = Math.floor((y / height) * bitmap.height);
  return u >= 0 && v >= 0 && u < bitmap.width && v < bitmap.height && alpha[v * bitmap.width + u] > 127;
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
  for (const [x, y] of [[-2, 0], [2, 0], [0, -2], [0, 2]]) pen.drawImage(bitmap, x, y);
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
