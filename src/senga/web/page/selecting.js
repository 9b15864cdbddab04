// The tool that selects a mark: press to select, drag to move, drag its handle to widen; what is chosen beside it, a
// color, a reach, a width, goes to the mark. Each is one step.

import { announce } from './announce.js';
import { app } from './app.js';
import { marksAt, moved, reaching, recolored, replaced, widened } from './markedit.js';
import { drawMark, fineness, HEAD, NECK, trace } from './marks.js';
import { overlays, redraw } from './renderer.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Mark, Point, Reach } from './types.d.ts' */

const NEAR = 8; // window px beside a mark that still take it
const STILL = 3; // window px that a press may move without dragging
const HANDLE = 14; // window px from a stroke's rim to its handle
const NUDGES = 900; // ms between nudges that count as one

/** @type {{drawing: Drawing | null, index: number, mark: Mark | null, count: number}} */
const chosen = { drawing: null, index: -1, mark: null, count: 0 };
let painted = false; // whether the mark was recolored since it was selected

/**
 * The selected mark of the front drawing, as a drag has it now; null where the tool is another one.
 * @returns {Mark | null}
 */
export function selectedMark() {
  const { drawing, index, mark } = chosen;
  if (!mark || drawing !== app.current || app.settings.tool !== 'select') return null;
  return drawing?.trial?.marks[index] ?? mark;
}

/**
 * @param {Drawing} drawing
 * @param {number} index of its mark, -1: none
 */
export function select(drawing, index) {
  if (painted && chosen.mark && chosen.mark.kind !== 'erase') app.useColor(chosen.mark.color);
  painted = false;
  const mark = drawing.state.marks[index] ?? null;
  const before = chosen.mark;
  Object.assign(chosen, { drawing, index: mark ? index : -1, mark, count: drawing.state.marks.length });
  if (mark && mark !== before) {
    announce(t('selected-say', { kind: t(mark.kind === 'fill' ? 'fill' : 'brush'), n: index + 1 }));
    if (mark.kind !== 'erase') app.setColor(mark.color);
  }
  app.emit('view');
  redraw();
}

/** After undo, redo and whatever else: the mark is found again where it can be. */
function follow() {
  const { drawing, mark, index, count } = chosen;
  if (!drawing || !mark || drawing !== app.current) return;
  const { marks } = drawing.state;
  if (marks[index] === mark) return;
  const at = marks.indexOf(mark);
  const found = at >= 0 ? at : marks.length === count && marks[index]?.kind === mark.kind ? index : -1;
  Object.assign(chosen, { index: found, mark: marks[found] ?? null, count: marks.length });
}

/**
 * Puts another mark in the place of the selected one, or takes it out.
 * @param {Mark | null} mark
 * @param {string | null} tag
 */
function put(mark, tag = null) {
  const { drawing, index } = chosen;
  if (!drawing || index < 0) return;
  const marks = replaced(drawing.state.marks, index, mark);
  Object.assign(chosen, { mark, index: mark ? index : -1, count: marks.length });
  drawing.change({ marks }, tag && `${tag}-${index}`);
  app.emit('view');
}

export function removeSelected() {
  if (!selectedMark()) return;
  put(null);
  announce(t('mark-gone'));
}

/** @param {Reach | null} reach null: as far as is usual */
export function reachSelected(reach) {
  const mark = selectedMark();
  if (mark) put(reaching(mark, reach));
}

/** @param {number} width drawing px */
export function widenSelected(width) {
  const mark = selectedMark();
  if (mark && mark.kind !== 'fill') put(widened(mark, width), 'width');
}

/** Ends a run of changes that count as one. */
export const restSelected = () => chosen.drawing?.history.rest();

/** @type {number | undefined} */
let nudging;

/**
 * @param {number} dx
 * @param {number} dy
 */
export function nudgeSelected(dx, dy) {
  const mark = selectedMark();
  if (!mark) return;
  put(moved(mark, dx, dy), 'nudge');
  clearTimeout(nudging);
  nudging = setTimeout(restSelected, NUDGES);
}

/**
 * Selects the next mark that hints, or the one before.
 * @param {1 | -1} direction
 */
export function selectNext(direction) {
  const drawing = app.current;
  if (!drawing) return;
  const all = drawing.state.marks.flatMap((mark, i) => (mark.kind === 'erase' ? [] : [i]));
  if (!all.length) return;
  const at = all.indexOf(chosen.drawing === drawing ? chosen.index : -1);
  select(drawing, all[at < 0 ? (direction > 0 ? 0 : all.length - 1) : (at + direction + all.length) % all.length]);
}

/**
 * Where the handle of a stroke stands, window px; nothing for a fill.
 * @param {Drawing} drawing
 * @param {Mark} mark
 * @returns {Point | null}
 */
function handleOf(drawing, mark) {
  if (mark.kind === 'fill') return null;
  const [x, y] = middleOf(drawing, mark);
  const out = (mark.width / 2) * (mark.pressure?.at(-1) ?? 1) * drawing.view.scale + HANDLE;
  return [x + out * Math.SQRT1_2, y - out * Math.SQRT1_2];
}

/**
 * The middle of a mark's last point, window px.
 * @param {Drawing} drawing
 * @param {Mark} mark
 */
function middleOf(drawing, mark) {
  const [x, y] = mark.points.at(-1) ?? [0, 0];
  return drawing.view.toWindow([x + 0.5, y + 0.5]);
}

/** One press of the tool, from down to up. */
export class Grab {
  /** @type {'select'} */
  tool = 'select';
  straight = false;

  /**
   * @param {Drawing} drawing
   * @param {Point} place drawing px
   */
  constructor(drawing, place) {
    this.drawing = drawing;
    this.from = place;
    this.dragged = false;
    const at = drawing.view.toWindow(place), selected = selectedMark();
    const handle = selected && handleOf(drawing, selected);
    this.widens = handle !== null && Math.hypot(at[0] - handle[0], at[1] - handle[1]) <= NEAR + 6;
    const near = NEAR / drawing.view.scale;
    this.there = this.widens ? [] : marksAt(drawing.state.marks, [place[0] - 0.5, place[1] - 0.5], fineness(drawing), near);
    this.again = selected !== null && this.there.includes(chosen.index); // what is selected stays so under others
    if (!this.widens && !this.again) select(drawing, this.there[0] ?? -1);
    this.mark = null; // it lays none
    this.held = selectedMark();
  }

  /** @param {Point} place */
  move(place) {
    const { held, from, drawing } = this;
    if (!held) return;
    const { scale } = drawing.view;
    this.dragged ||= Math.hypot(place[0] - from[0], place[1] - from[1]) * scale > STILL;
    if (!this.dragged) return;
    const changed = this.widens ? widened(held, this.#width(held, place)) : moved(held, place[0] - from[0], place[1] - from[1]);
    drawing.tries({ marks: replaced(drawing.state.marks, chosen.index, changed) });
    app.emit('view');
    redraw();
  }

  /**
   * @param {Mark} held
   * @param {Point} place
   */
  #width(held, place) {
    const { drawing } = this;
    const [x, y] = middleOf(drawing, held), at = drawing.view.toWindow(place);
    const pressure = held.kind === 'fill' ? 1 : held.pressure?.at(-1) ?? 1;
    return (2 * (Math.hypot(at[0] - x, at[1] - y) - HANDLE)) / drawing.view.scale / Math.max(0.12, pressure);
  }

  end() {
    const { drawing, there } = this;
    const tried = drawing.trial?.marks[chosen.index];
    if (this.dragged && tried) put(tried);
    else if (this.again && there.length > 1) select(drawing, there[(there.indexOf(chosen.index) + 1) % there.length]);
  }

  cancel() {
    if (this.drawing.trial) this.drawing.tries(null);
    redraw();
  }
}

overlays.over.push((pen, drawing, ratio) => {
  const mark = selectedMark();
  if (!mark) return;
  const fine = 1 / drawing.view.scale;
  const [a, b, c, d, e, f] = drawing.view.matrix().map((v) => v * ratio);
  pen.setTransform(a, b, c, d, e, f);
  pen.translate(0.5, 0.5);
  if (mark.kind === 'fill') {
    const [[x, y]] = mark.points, size = fineness(drawing);
    drawMark(pen, mark, size);
    pen.beginPath();
    pen.arc(x, y - NECK * size, HEAD * size + 4 * fine, 0, 7);
    for (const [wide, ink] of /** @type {const} */ ([[4, '#fff'], [2, '#1264c8']])) {
      pen.lineWidth = wide * fine;
      pen.strokeStyle = ink;
      pen.stroke();
    }
    return;
  }
  for (const [more, ink] of /** @type {const} */ ([[9, '#fff'], [6, '#1264c8'], [2.5, '#fff']])) {
    pen.strokeStyle = ink;
    trace(pen, mark, more * fine);
  }
  drawMark(pen, mark, fine);
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const handle = handleOf(drawing, mark);
  if (!handle) return;
  pen.beginPath();
  pen.arc(...handle, 6, 0, 7);
  pen.fillStyle = '#fff';
  pen.fill();
  pen.lineWidth = 2;
  pen.strokeStyle = '#1264c8';
  pen.stroke();
});

app.on('state front', follow);
app.on('settings', (patch) => {
  const mark = selectedMark();
  if (!mark || mark.kind === 'erase' || !patch) return;
  if (patch.color && patch.color !== mark.color) {
    painted = true;
    put(recolored(mark, patch.color), 'color');
  }
  if (patch.before) restSelected(); // the wheel was let go
});
