// The tool that recolors the result: a click gives everything of the color there, or its region alone, the color to
// paint with.

import { announce, fail, note } from './announce.js';
import { app } from './app.js';
import { hexOf, rgbOf } from './color.js';
import { alike, exchanged, followed } from './exchange.js';
import { penOn } from './pens.js';
import { colorAt, pointer, redraw } from './renderer.js';
import { requestOf } from './request.js';
import { colorLayer } from './server.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Point, State } from './types.d.ts' */

const SIDE = 1536; // longest side of the picture that flat colors are read in, px
const MOST = 256; // colors that a request exchanges

/**
 * The colors of regions without light, as the server exchanges them: RGBA of a small picture.
 * @param {Drawing} drawing
 * @param {State} state
 */
async function flatColors(drawing, state) {
  const request = { ...requestOf({ ...state, finished: null, locked: [], within: [] }), light: 0, tint: 0, mode: /** @type {const} */ ('paint') };
  const bitmap = await createImageBitmap(await colorLayer(drawing.id, request, SIDE));
  const { width, height } = bitmap;
  const pen = penOn(new OffscreenCanvas(width, height), { willReadFrequently: true });
  pen.drawImage(bitmap, 0, 0);
  bitmap.close();
  return pen.getImageData(0, 0, width, height);
}

/**
 * Whether a picture has a color anywhere.
 * @param {ImageData} picture
 * @param {string} color
 */
function has({ data }, color) {
  const [r, g, b] = rgbOf(color);
  for (let i = 0; i < data.length; i += 4) if (data[i] === r && data[i + 1] === g && data[i + 2] === b) return true;
  return false;
}

/**
 * Gives everything of the color at a place another one; its hints too. One step.
 * @param {Drawing} drawing
 * @param {Point} place drawing px
 * @param {string} to
 */
async function recolorAll(drawing, [x, y], to) {
  await drawing.bring();
  const { state } = drawing;
  const shown = await flatColors(drawing, state);
  const u = Math.floor((x / drawing.width) * shown.width), v = Math.floor((y / drawing.height) * shown.height);
  const at = 4 * (v * shown.width + u);
  const seen = hexOf([shown.data[at], shown.data[at + 1], shown.data[at + 2]]);
  if (seen === to) return;
  const own = state.recolored.some((one) => alike(one.to, seen)) ? has(await flatColors(drawing, { ...state, recolored: [] }), seen) : true;
  const recolored = exchanged(state.recolored, seen, to, own);
  if (recolored.length > MOST) {
    note(t('recolor-full'), 'error');
    return;
  }
  drawing.change({ recolored, marks: followed(drawing.state.marks, seen, to) });
  app.useColor(to);
  announce(t('recolored-say', { from: seen, to }));
}

/** One press of the tool. */
export class Recolor {
  /** @type {'recolor'} */
  tool = 'recolor';
  straight = false;

  /**
   * @param {Drawing} drawing
   * @param {Point} place
   */
  constructor(drawing, place) {
    this.drawing = drawing;
    this.place = place;
    this.move(place);
  }

  /** @param {Point} place */
  move(place) {
    this.place = place;
    pointer.color = colorAt(this.drawing, place);
    redraw();
  }

  end() {
    const { drawing, place: [x, y] } = this, { color } = app.settings;
    pointer.color = null;
    redraw();
    if (x < 0 || y < 0 || x >= drawing.width || y >= drawing.height) return;
    if (app.settings.recolorAll) recolorAll(drawing, [x, y], color).catch(fail);
    else {
      drawing.settle({ kind: 'fill', points: [[Math.round((x - 0.5) * 100) / 100, Math.round((y - 0.5) * 100) / 100]], color, reach: 'region' });
      app.useColor(color);
    }
  }

  cancel() {
    pointer.color = null;
    redraw();
  }
}
