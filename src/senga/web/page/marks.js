// Hint marks: thinning the points of a stroke, and drawing marks as an overlay.

import { isLight } from './color.js';

/** @import { DrawnMark, FillMark, Mark, Pen, Point } from './types.d.ts' */

const round = (/** @type {number} */ v) => Math.round(v * 100) / 100;

/**
 * Adds a point, and its pressure where the mark has any, to a growing mark if it is at least `nearest` px from the last.
 * @param {DrawnMark} mark
 * @param {Point} place
 * @param {number} pressure
 * @param {number} nearest
 */
export function extend(mark, [x, y], pressure, nearest) {
  const last = mark.points.at(-1);
  if (last && Math.hypot(x - last[0], y - last[1]) < nearest) {
    if (mark.pressure) mark.pressure.push(Math.max(mark.pressure.pop() ?? 0, pressure));
    return false;
  }
  mark.points.push([round(x), round(y)]);
  mark.pressure?.push(round(pressure));
  return true;
}

/**
 * A copy of a grown mark, which grows no more.
 * @template {Mark} Kind
 * @param {Kind} mark
 */
export function finished(mark) {
  return structuredClone(mark);
}

/**
 * What drops and rims of marks in the hints' picture are sized by, drawing px.
 * @param {{width: number, height: number}} drawing
 */
export const fineness = ({ width, height }) => Math.max(width, height) / 900;

/** A drop's head: its radius, and how far it is above the place that it stands on, in `fineness`. */
export const HEAD = 7, NECK = 1.7 * HEAD;

/**
 * Draws marks with a pen whose units are drawing px; `fine` is one window px in drawing px.
 * @param {Pen} pen
 * @param {readonly Mark[]} marks
 * @param {number} fine
 */
export function drawMarks(pen, marks, fine) {
  for (const mark of marks) drawMark(pen, mark, fine);
}

/**
 * @param {Pen} pen
 * @param {Mark} mark
 * @param {number} fine
 */
export function drawMark(pen, mark, fine) {
  if (mark.kind === 'fill') drawDrop(pen, mark, fine);
  else if (mark.kind === 'erase') {
    pen.save();
    pen.globalCompositeOperation = 'destination-out';
    trace(pen, mark, 0);
    pen.restore();
  } else {
    pen.strokeStyle = isLight(mark.color) ? '#0009' : '#fffc';
    trace(pen, mark, 2.5 * fine);
    pen.strokeStyle = mark.color;
    trace(pen, mark, 0);
  }
}

/**
 * The body of a stroke in the pen's color, `more` wider than it is.
 * @param {Pen} pen
 * @param {DrawnMark} mark
 * @param {number} more
 */
export function trace(pen, { points, width, pressure }, more) {
  pen.lineCap = pen.lineJoin = 'round';
  if (points.length === 1 || !pressure) {
    pen.lineWidth = Math.max(width * (pressure?.[0] ?? 1), 1) + more;
    pen.beginPath();
    pen.moveTo(...points[0]);
    for (const point of points.length === 1 ? [points[0]] : points.slice(1)) pen.lineTo(...point);
    pen.stroke();
    return;
  }
  for (let i = 1; i < points.length; i += 1) {
    pen.lineWidth = Math.max((width * (pressure[i - 1] + pressure[i])) / 2, 1) + more;
    pen.beginPath();
    pen.moveTo(...points[i - 1]);
    pen.lineTo(...points[i]);
    pen.stroke();
  }
}

/**
 * A fill shows as a drop standing on its place.
 * @param {Pen} pen
 * @param {FillMark} mark
 * @param {number} fine
 */
function drawDrop(pen, { points: [[x, y]], color }, fine) {
  const r = HEAD * fine;
  pen.beginPath();
  pen.moveTo(x, y);
  pen.bezierCurveTo(x - 0.4 * r, y - 0.8 * r, x - r, y - r, x - r, y - 1.7 * r);
  pen.arc(x, y - 1.7 * r, r, Math.PI, 0);
  pen.bezierCurveTo(x + r, y - r, x + 0.4 * r, y - 0.8 * r, x, y);
  pen.closePath();
  pen.fillStyle = color;
  pen.fill();
  pen.lineWidth = 1.5 * fine;
  pen.strokeStyle = isLight(color) ? '#000a' : '#fff';
  pen.stroke();
}
