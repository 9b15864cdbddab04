// The lasso: what lies outside it stays as it is. It is drawn in one go, or corner by corner with clicks.

import { announce, fail } from './announce.js';
import { app } from './app.js';
import { finishNow, holding } from './finishing.js';
import { overlays, redraw } from './renderer.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Point } from './types.d.ts' */

const STEP = 2; // window px between corners
const CLICK = 6; // window px that a click may move
const CLOSE = 12; // window px from the first corner that close it
const MOST = 10_000; // corners that a request takes

/** @type {{drawing: Drawing | null, corners: Point[], closing: boolean}} a lasso that is not closed yet */
const open = { drawing: null, corners: [], closing: false };

export function clearLasso() {
  const drawing = app.current;
  dropCorners();
  if (drawing?.state.within.length) drawing.change(holding(drawing.state, { within: [] }));
}

/** Gives up a lasso that is not closed yet; answers whether there was one. */
export function dropCorners() {
  const there = open.corners.length > 0;
  Object.assign(open, { drawing: null, corners: [], closing: false });
  redraw();
  return there;
}

/** @param {Drawing} drawing */
async function close(drawing) {
  const within = open.corners.slice(0, MOST);
  if (within.length < 3) {
    dropCorners();
    return;
  }
  open.closing = true;
  try {
    const finished = await finishNow(drawing);
    drawing.change({ within, finished });
    announce(t('lasso-say'));
  } catch (error) { fail(error); }
  dropCorners();
}

/** @param {Point} place */
const corner = ([x, y]) => /** @type {Point} */ ([Math.round((x - 0.5) * 100) / 100, Math.round((y - 0.5) * 100) / 100]);

/** One press of the tool: a drag closes by itself, clicks set corners until one comes back to the first. */
export class Lasso {
  /** @type {'lasso'} */
  tool = 'lasso';
  straight = false;
  /** @type {Point[]} */
  path = [];
  far = false;

  /**
   * @param {Drawing} drawing
   * @param {Point} place
   */
  constructor(drawing, place) {
    this.drawing = drawing;
    this.from = place;
    if (open.drawing !== drawing) dropCorners();
    if (open.closing) return;
    open.drawing = drawing;
    this.before = open.corners;
    this.move(place);
  }

  /** @param {Point} place */
  move(place) {
    if (!this.before || open.closing) return;
    const { scale } = this.drawing.view;
    this.far ||= Math.hypot(place[0] - this.from[0], place[1] - this.from[1]) * scale > CLICK;
    const last = this.path.at(-1), next = corner(place);
    if (last && Math.hypot(next[0] - last[0], next[1] - last[1]) * scale < STEP) return;
    this.path.push(next);
    open.corners = this.far ? [...this.before, ...this.path] : [...this.before, next];
    redraw();
  }

  end() {
    const { before, drawing } = this;
    if (!before || open.closing) return;
    const [first] = before;
    const back = first && Math.hypot(first[0] - this.from[0], first[1] - this.from[1]) * drawing.view.scale <= CLOSE;
    if (this.far || (back && before.length > 2)) {
      if (!this.far) open.corners = before;
      close(drawing);
    }
    redraw();
  }

  cancel() {
    if (this.before && !open.closing) open.corners = this.before;
    redraw();
  }
}

overlays.over.push((pen, drawing) => {
  const { view, state } = drawing;
  const drawn = open.drawing === drawing && open.corners.length > 0;
  for (const [corners, closed] of /** @type {const} */ ([[state.within, true], [drawn ? open.corners : [], open.closing]])) {
    if (!corners.length) continue;
    const path = new Path2D();
    corners.forEach(([x, y], i) => {
      const [u, v] = view.toWindow([x + 0.5, y + 0.5]);
      if (i) path.lineTo(u, v);
      else path.moveTo(u, v);
    });
    if (closed) path.closePath();
    pen.lineJoin = 'round';
    pen.lineWidth = 1.5;
    pen.strokeStyle = '#fff';
    pen.stroke(path);
    pen.setLineDash([5, 4]);
    pen.strokeStyle = '#111';
    pen.stroke(path);
    pen.setLineDash([]);
    if (closed) continue;
    const [u, v] = view.toWindow([corners[0][0] + 0.5, corners[0][1] + 0.5]);
    pen.beginPath();
    pen.arc(u, v, 4, 0, 7);
    pen.fillStyle = '#fff';
    pen.fill();
    pen.stroke();
  }
});
app.on('front', () => { if (open.drawing !== app.current && !open.closing) dropCorners(); });
