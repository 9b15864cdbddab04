// What a fill would cover, shown under the pointer before it is poured.

import { app } from './app.js';
import { covers, drawArea, fetchArea, tinted } from './areas.js';
import { isLight } from './color.js';
import { overlays, pointer, redraw } from './renderer.js';
import { requestOf } from './request.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Area, Point, State } from './types.d.ts' */

const NEAR = 24; // window px that the pointer may move in an area before it is asked for again
const REST = 400; // ms after a request that went wrong

/** @type {{drawing: Drawing, state: State, at: Point, area: Area | null, color: string, canvas: OffscreenCanvas | null} | null} */
let known = null;
let asking = false;

/** Whether the tool pours. */
const pours = () => pointer.tool === 'fill' || (pointer.tool === 'recolor' && !app.settings.recolorAll);

/**
 * Whether what is known holds for a place.
 * @param {Drawing} drawing
 * @param {Point} at window px
 * @param {Point} place drawing px
 */
function holds(drawing, at, place) {
  if (known?.drawing !== drawing || known.state !== drawing.state) return false;
  const moved = Math.hypot(at[0] - known.at[0], at[1] - known.at[1]);
  return moved < 1 || (known.area !== null && moved < NEAR && covers(known.area, drawing, place));
}

/**
 * Asks for the area at the pointer; one at a time, then for where the pointer is by then.
 * @param {Drawing} drawing
 * @param {Point} at
 * @param {Point} place
 */
async function ask(drawing, at, place) {
  if (asking || !drawing.opened || holds(drawing, at, place)) return;
  asking = true;
  const { state } = drawing;
  try {
    const area = await fetchArea(drawing, requestOf(state), [place[0] - 0.5, place[1] - 0.5]);
    known?.area?.bitmap.close();
    known = { drawing, state, at, area, color: '', canvas: null };
  } catch {
    await new Promise((rest) => { setTimeout(rest, REST); }); // it is a preview: pouring will tell what is wrong
  }
  asking = false;
  redraw();
}

overlays.under.push((pen, drawing) => {
  const { at } = pointer;
  if (!at || !pours()) return;
  const place = drawing.view.toDrawing(at), [x, y] = place;
  if (x < 0 || y < 0 || x >= drawing.width || y >= drawing.height) return;
  ask(drawing, at, place);
  if (known?.drawing !== drawing || known.state !== drawing.state || !known.area) return;
  if (!holds(drawing, at, place) && !covers(known.area, drawing, place)) return;
  const { color } = app.settings;
  if (known.color !== color || !known.canvas) {
    known.color = color;
    known.canvas = tinted(known.area, color, isLight(color) ? '#0008' : '#fffb');
  }
  pen.globalAlpha = 0.72;
  pen.imageSmoothingQuality = 'high';
  drawArea(pen, known.area, drawing, known.canvas);
});
