// The tool that locks regions of the result: a click locks one as it is, another frees it. Locked ones are hatched.

import { announce, fail, note } from './announce.js';
import { app } from './app.js';
import { covers, drawArea, fetchArea } from './areas.js';
import { bare, finishNow, holding } from './finishing.js';
import { penOn } from './pens.js';
import { overlays, redraw } from './renderer.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Area, Point } from './types.d.ts' */

const APART = 9; // window px between lines of the hatch
const REST = 3000; // ms until what could not be asked for is asked for again

/** @type {WeakMap<Drawing, Map<string, Promise<Area | null>>>} regions by their points and the gap */
const regions = new WeakMap();
/** @type {WeakMap<Drawing, Map<string, Area>>} those that are there */
const arrived = new WeakMap();
/** @type {{drawing: Drawing, point: Point} | null} a region that is being locked */
let coming = null;

/**
 * @param {Drawing} drawing
 * @param {Point} point
 */
const nameOf = (drawing, point) => `${point} ${drawing.state.gap}`;

/**
 * The region of a point, which is asked for once.
 * @param {Drawing} drawing
 * @param {Point} point
 */
function regionAt(drawing, point) {
  const known = regions.get(drawing) ?? new Map(), there = arrived.get(drawing) ?? new Map(), name = nameOf(drawing, point);
  regions.set(drawing, known);
  arrived.set(drawing, there);
  if (!known.has(name)) {
    const asked = fetchArea(drawing, bare(drawing.state), point).then((area) => {
      if (area) there.set(name, area);
      redraw();
      return area;
    });
    asked.catch(() => setTimeout(() => known.delete(name), REST));
    known.set(name, asked);
  }
  return /** @type {Promise<Area | null>} */ (known.get(name));
}

/**
 * Locks the region at a place, or frees it.
 * @param {Drawing} drawing
 * @param {Point} place drawing px
 */
export async function toggleLock(drawing, place) {
  for (const point of drawing.state.locked) {
    const area = await regionAt(drawing, point);
    if (!area || !covers(area, drawing, place)) continue;
    drawing.change(holding(drawing.state, { locked: drawing.state.locked.filter((other) => other !== point) }));
    announce(t('unlocked-say'));
    return;
  }
  /** @type {Point} */
  const point = [Math.round((place[0] - 0.5) * 100) / 100, Math.round((place[1] - 0.5) * 100) / 100];
  if (!await regionAt(drawing, point)) {
    note(t('lock-nothing'));
    return;
  }
  coming = { drawing, point };
  redraw();
  try {
    const finished = await finishNow(drawing);
    drawing.change({ locked: [...drawing.state.locked, point], finished });
    announce(t('locked-say'));
  } finally { coming = null; }
}

export function unlockAll() {
  const drawing = app.current;
  if (drawing?.state.locked.length) drawing.change(holding(drawing.state, { locked: [] }));
}

let chain = Promise.resolve(); // one after another: each takes the colors that the one before it left

/** One press of the tool. */
export class Lock {
  /** @type {'lock'} */
  tool = 'lock';
  straight = false;

  /**
   * @param {Drawing} drawing
   * @param {Point} place
   */
  constructor(drawing, place) {
    this.drawing = drawing;
    this.place = place;
  }

  /** @param {Point} place */
  move(place) {
    this.place = place;
    redraw();
  }

  end() {
    chain = chain.then(() => toggleLock(this.drawing, this.place)).catch(fail);
  }

  cancel() {}
}

/** @type {OffscreenCanvas} the hatch over all that is locked, of the window's size */
let cover;

overlays.over.push((pen, drawing, ratio) => {
  const points = coming?.drawing === drawing ? [...drawing.state.locked, coming.point] : drawing.state.locked;
  const chosen = app.settings.tool === 'lock';
  if (!points.length || (!chosen && !app.settings.showHints)) return;
  const { width, height } = pen.canvas;
  if (cover?.width !== width || cover.height !== height) cover = new OffscreenCanvas(width, height);
  const brush = penOn(cover);
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.globalCompositeOperation = 'source-over';
  brush.clearRect(0, 0, width, height);
  const [a, b, c, d, e, f] = drawing.view.matrix().map((v) => v * ratio);
  brush.setTransform(a, b, c, d, e, f);
  const there = arrived.get(drawing);
  for (const point of points) {
    const area = there?.get(nameOf(drawing, point));
    if (area) drawArea(brush, area, drawing);
    else regionAt(drawing, point).catch(() => {});
  }
  brush.setTransform(1, 0, 0, 1, 0, 0);
  brush.globalCompositeOperation = 'source-in';
  brush.fillStyle = hatch(brush, ratio);
  brush.fillRect(0, 0, width, height);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.globalAlpha = chosen ? 0.6 : 0.22;
  pen.drawImage(cover, 0, 0);
});

/** @type {{pattern: CanvasPattern | null, ratio: number} | null} */
let made = null;

/**
 * Slanted lines, light beside dark: seen on every color.
 * @param {OffscreenCanvasRenderingContext2D} brush
 * @param {number} ratio
 */
function hatch(brush, ratio) {
  if (made?.ratio !== ratio) {
    const side = Math.round(APART * ratio);
    const tile = new OffscreenCanvas(side, side), pen = penOn(tile);
    for (const [shift, ink] of /** @type {const} */ ([[0, '#000'], [ratio, '#fff']])) {
      pen.strokeStyle = ink;
      pen.lineWidth = ratio;
      pen.beginPath();
      for (const x of [-side, 0, side]) {
        pen.moveTo(x + shift, side);
        pen.lineTo(x + side + shift, 0);
      }
      pen.stroke();
    }
    made = { pattern: brush.createPattern(tile, 'repeat'), ratio };
  }
  return made.pattern ?? '#0004';
}
