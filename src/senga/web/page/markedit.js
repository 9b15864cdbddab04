// Marks as objects: which one lies at a place, and marks that are moved, widened, recolored. Nothing is changed in place.

import { HEAD, NECK } from './marks.js';

/** @import { DrawnMark, EraseMark, FillMark, Mark, Point, Reach } from './types.d.ts' */

const THINNEST = 1, WIDEST = 10_000; // px

const hundredths = (/** @type {number} */ v) => Math.round(v * 100) / 100;

/**
 * How far a place lies from a line of two ends, and how near to the second of them the nearest place is, 0 to 1.
 * @param {Point} place
 * @param {Point} from
 * @param {Point} to
 */
function apart([x, y], [ax, ay], [bx, by]) {
  const dx = bx - ax, dy = by - ay;
  const along = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
  return { far: Math.hypot(x - ax - along * dx, y - ay - along * dy), along };
}

/**
 * Whether a place lies on a mark's body, or at most `near` px beside it.
 * @param {DrawnMark} mark
 * @param {Point} place
 */
export function touches({ points, width, pressure }, place, near = 0) {
  const share = (/** @type {number} */ i) => pressure?.[i] ?? 1;
  return points.some((to, i) => {
    const from = points[i - 1] ?? to;
    const { far, along } = apart(place, from, to);
    return far <= near + (width / 2) * (share(Math.max(0, i - 1)) * (1 - along) + share(i) * along);
  });
}

/**
 * Whether a place lies on a fill's drop, or at most `near` px beside it; `fine` as it is drawn with.
 * @param {FillMark} mark
 * @param {Point} place
 * @param {number} fine
 */
export function onDrop({ points: [[x, y]] }, [u, v], fine, near = 0) {
  const r = HEAD * fine + near;
  const below = v - (y - NECK * fine); // of the head's middle
  if (Math.hypot(u - x, below) <= r) return true;
  return below > 0 && v <= y + near && Math.abs(u - x) <= r * (1 - below / (NECK * fine + near));
}

/**
 * Whether an erasing mark takes a mark away altogether: a fill whose drop it touches.
 * @param {EraseMark} mark
 * @param {Mark} old
 * @param {number} fine
 */
export function wipes(mark, old, fine) {
  if (old.kind !== 'fill') return false;
  const [[x, y]] = old.points;
  return touches(mark, [x, y - NECK * fine], HEAD * fine) || touches(mark, [x, y]);
}

/**
 * The numbers of the marks at a place that can be seen there, the topmost first; what erases is none.
 * @param {readonly Mark[]} marks
 * @param {Point} place
 * @param {number} fine
 * @param {number} near
 */
export function marksAt(marks, place, fine, near) {
  /** @type {number[]} */
  const found = [];
  /** @type {EraseMark[]} */
  const erased = [];
  for (let i = marks.length - 1; i >= 0; i -= 1) {
    const mark = marks[i];
    if (mark.kind === 'erase') erased.push(mark);
    else if (mark.kind === 'fill') {
      if (onDrop(mark, place, fine, near) && !erased.some((by) => wipes(by, mark, fine))) found.push(i);
    } else if (touches(mark, place, near) && !erased.some((by) => touches(by, place))) found.push(i);
  }
  return found;
}

/**
 * @template {Mark} Kind
 * @param {Kind} mark
 * @param {number} dx
 * @param {number} dy
 * @returns {Kind}
 */
export function moved(mark, dx, dy) {
  return { ...mark, points: mark.points.map(([x, y]) => [hundredths(x + dx), hundredths(y + dy)]) };
}

/**
 * @param {Mark} mark
 * @param {number} width
 */
export function widened(mark, width) {
  return mark.kind === 'fill' ? mark : { ...mark, width: hundredths(Math.min(WIDEST, Math.max(THINNEST, width))) };
}

/**
 * A mark of another color.
 * @param {Mark} mark
 * @param {string} color
 * @returns {Mark}
 */
export function recolored(mark, color) {
  if (mark.kind === 'erase') return mark;
  const other = { ...mark, color };
  delete other.told;
  return other;
}

/**
 * A mark that shows another color, while the model is told the one that it had at first.
 * @param {Mark} mark
 * @param {string} color
 * @returns {Mark}
 */
export function showing(mark, color) {
  if (mark.kind === 'erase') return mark;
  const told = mark.told ?? mark.color;
  return told === color ? recolored(mark, color) : { ...mark, color, told };
}

/**
 * A mark that reaches so far; null: as far as is usual.
 * @param {Mark} mark
 * @param {Reach | null} reach
 * @returns {Mark}
 */
export function reaching(mark, reach) {
  if (mark.kind === 'erase') return mark;
  const other = { ...mark };
  delete other.reach;
  return reach ? { ...other, reach } : other;
}

/**
 * Marks with another one in the place of one of them, or without it.
 * @param {readonly Mark[]} marks
 * @param {number} index
 * @param {Mark | null} mark
 * @returns {Mark[]}
 */
export function replaced(marks, index, mark) {
  return marks.flatMap((old, i) => (i !== index ? [old] : mark ? [mark] : []));
}
