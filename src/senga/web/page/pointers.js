// Mouse, pen and fingers on the drawing: strokes with one, the view with two, wheel and middle button.

import { app } from './app.js';
import { within } from './elements.js';
import { pointer, redraw, sheet } from './renderer.js';
import { begin } from './toolwork.js';

/** @import { Point, Tool, Work } from './types.d.ts' */
/** @typedef {{middle: Point, span: number, angle: number}} Fingers two fingers on the window, px and radians */

const TAP = 280; // ms of the longest tap
const STILL = 12; // px a finger may move and still tap

/** @type {Map<number, Point>} by the pointer's id */
const fingers = new Map();
/** @type {{id: number, work: Work} | null} */
let stroke = null;
/** @type {{id: number, at: Point} | null} the view moves */
let drag = null;
/** @type {Fingers & {start: number, moved: number, most: number} | null} */
let gesture = null;
let space = false;
let penUntil = 0;

/**
 * @param {MouseEvent} event
 * @returns {Point}
 */
const placeOf = (event) => {
  const box = sheet.getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
};

/**
 * The tool that a pointer works with, by its buttons and the keys held.
 * @param {PointerEvent} event
 * @returns {Tool}
 */
function toolOf(event) {
  if (event.buttons & 4 || space) return 'hand';
  if (event.buttons & 32) return 'erase';
  if (event.altKey) return 'pick';
  return app.settings.tool;
}

sheet.addEventListener('pointerdown', (event) => {
  const drawing = app.current;
  if (!drawing?.lines || event.button === 2) return;
  if (drawing.proposal && !space && !(event.buttons & 4)) return; // it is looked at, not painted on
  sheet.focus({ preventScroll: true });
  event.preventDefault();
  try { sheet.setPointerCapture(event.pointerId); } catch { /* a pointer that is gone already */ }
  const at = placeOf(event);
  if (event.pointerType === 'pen') penUntil = Infinity;
  if (event.pointerType === 'touch') {
    if (performance.now() < penUntil) return; // the hand that holds the pen
    fingers.set(event.pointerId, at);
    if (fingers.size >= 2) {
      beginGesture();
      return;
    }
  }
  if (stroke || drag) return;
  show(event, at);
  const tool = toolOf(event);
  if (tool === 'hand') {
    drag = { id: event.pointerId, at };
    sheet.classList.add('dragging');
    return;
  }
  const work = begin(drawing, tool, drawing.view.toDrawing(at), pressureOf(event), event.shiftKey);
  stroke = { id: event.pointerId, work };
});

sheet.addEventListener('pointermove', (event) => {
  const drawing = app.current;
  if (!drawing) return;
  const at = placeOf(event);
  if (fingers.has(event.pointerId)) fingers.set(event.pointerId, at);
  if (gesture) {
    moveGesture();
    return;
  }
  if (drag?.id === event.pointerId) {
    drawing.view.pan(at[0] - drag.at[0], at[1] - drag.at[1]);
    drag.at = at;
  } else if (stroke?.id === event.pointerId) {
    const steps = event.getCoalescedEvents?.() ?? [];
    for (const step of steps.length ? steps : [event]) {
      stroke.work.straight ||= event.shiftKey && (stroke.work.mark?.points.length ?? 3) < 3;
      stroke.work.move(drawing.view.toDrawing(placeOf(step)), pressureOf(step));
    }
  }
  show(event, at);
});

sheet.addEventListener('pointerup', (event) => lift(event, false));
sheet.addEventListener('pointercancel', (event) => lift(event, true));
sheet.addEventListener('pointerleave', () => {
  if (stroke || pointer.keys) return;
  pointer.at = null;
  redraw();
});
sheet.addEventListener('contextmenu', (event) => event.preventDefault());

sheet.addEventListener('wheel', (event) => {
  event.preventDefault();
  const drawing = app.current;
  if (!drawing) return;
  const unit = event.deltaMode === 1 ? 16 : 1;
  if (event.shiftKey && !event.ctrlKey) drawing.view.pan(-(event.deltaX || event.deltaY) * unit, 0);
  else drawing.view.about(placeOf(event), Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.0015)));
  viewed();
}, { passive: false });

window.addEventListener('keydown', (event) => {
  if (event.code !== 'Space' || within(event, 'input, select, textarea, button, summary, dialog')) return;
  event.preventDefault();
  space = true;
  sheet.classList.add('moving');
});
window.addEventListener('keyup', (event) => {
  if (event.code !== 'Space') return;
  space = false;
  sheet.classList.remove('moving');
});
window.addEventListener('blur', () => {
  space = false;
  sheet.classList.remove('moving');
});

/**
 * @param {PointerEvent} event
 * @param {boolean} cancelled
 */
function lift(event, cancelled) {
  fingers.delete(event.pointerId);
  if (event.pointerType === 'pen') penUntil = performance.now() + 600;
  if (gesture) {
    if (fingers.size === 0) endGesture();
    return;
  }
  if (drag?.id === event.pointerId) {
    drag = null;
    sheet.classList.remove('dragging');
    viewed();
  }
  if (stroke?.id === event.pointerId) {
    const { work } = stroke;
    stroke = null;
    if (cancelled) work.cancel();
    else work.end();
  }
  if (event.pointerType === 'touch') pointer.at = null;
  redraw();
}

/**
 * A mouse has no pressure, and fingers none that can be trusted.
 * @param {PointerEvent} event
 */
function pressureOf(event) {
  return event.pointerType === 'pen' ? event.pressure : null;
}

/**
 * @param {PointerEvent} event
 * @param {Point} at
 */
function show(event, at) {
  pointer.at = at;
  pointer.keys = false;
  pointer.tool = drag ? 'hand' : stroke?.work.tool ?? toolOf(event);
  redraw();
}

/** @returns {Fingers} */
function measured() {
  const [a, b] = [...fingers.values()];
  return {
    middle: [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2],
    span: Math.max(1, Math.hypot(b[0] - a[0], b[1] - a[1])),
    angle: Math.atan2(b[1] - a[1], b[0] - a[0]),
  };
}

function beginGesture() {
  if (stroke) {
    stroke.work.cancel();
    stroke = null;
  }
  drag = null;
  pointer.at = null;
  const start = gesture?.start ?? performance.now();
  gesture = { ...measured(), start, moved: gesture?.moved ?? 0, most: fingers.size };
}

function moveGesture() {
  if (fingers.size < 2 || !gesture || !app.current) return;
  const { view } = app.current;
  const now = measured();
  view.pan(now.middle[0] - gesture.middle[0], now.middle[1] - gesture.middle[1]);
  view.about(now.middle, now.span / gesture.span, now.angle - gesture.angle);
  gesture.moved += Math.hypot(now.middle[0] - gesture.middle[0], now.middle[1] - gesture.middle[1])
    + Math.abs(now.span - gesture.span);
  Object.assign(gesture, now);
  redraw();
}

function endGesture() {
  if (!gesture) return;
  const { start, moved, most } = gesture;
  gesture = null;
  if (performance.now() - start < TAP && moved < STILL) {
    if (most === 2) app.current?.undo();
    else if (most === 3) app.current?.redo();
  }
  viewed();
}

/** @type {number | undefined} */
let later;

/** After the view has changed: finer colors if it came nearer, and the place is kept. */
export function viewed() {
  redraw();
  app.emit('view');
  clearTimeout(later);
  later = setTimeout(() => {
    app.current?.refine();
    app.current?.save();
  }, 250);
}
