// Mouse, pen and fingers on the drawing: strokes with one, the view with two, wheel and middle button.

import { app } from './app.js';
import { heldTool } from './held.js';
import { readOut } from './readout.js';
import { brushWidth, pointer, redraw, sheet } from './renderer.js';
import { SIZED, sizeOfRing } from './sizes.js';
import { begin } from './toolwork.js';
import { snapped } from './view.js';
import { t } from './words.js';

/** @import { Held, Point, Tool, Work } from './types.d.ts' */
/** @typedef {{middle: Point, span: number, angle: number}} Fingers two fingers on the window, px and radians */

const TAP = 280; // ms of the longest tap
const STILL = 12; // px a finger may move and still tap

/** @type {Map<number, Point>} by the pointer's id */
const fingers = new Map();
/** @type {{id: number, work: Work} | null} */
let stroke = null;
/** @type {{id: number, at: Point, tool: Held, start: Point, from: number} | null} the view moves or turns, or the brush is sized */
let drag = null;
/** @type {Fingers & {start: number, moved: number, most: number, free: number} | null} `free` turned so far, not caught anywhere */
let gesture = null;
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
 * @returns {Tool | Held}
 */
function toolOf(event) {
  const held = heldTool(event);
  if (held) return held;
  if (event.buttons & 4) return event.shiftKey ? 'turn' : 'hand';
  if (event.buttons & 32) return 'erase';
  if (sizes(event)) return 'size';
  if (event.altKey) return 'pick';
  return app.settings.tool;
}

/**
 * Whether a drag sizes the brush: with Ctrl and Alt, or Alt and the right button.
 * @param {PointerEvent} event
 */
function sizes(event) {
  return event.altKey && (event.ctrlKey || event.metaKey || !!(event.buttons & 2)) && SIZED.includes(app.settings.tool);
}

sheet.addEventListener('pointerdown', (event) => {
  const drawing = app.current;
  if (!drawing?.lines || (event.button === 2 && !sizes(event))) return;
  const looking = drawing.proposal && !heldTool(event) && !(event.buttons & 4); // it is looked at, not painted on
  if (looking) return;
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
  if (tool === 'hand' || tool === 'turn' || tool === 'size') {
    const from = tool === 'turn' ? drawing.view.angle : (brushWidth(drawing) * drawing.view.scale) / 2;
    drag = { id: event.pointerId, at, tool, start: at, from };
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
    dragTo(at);
  } else if (stroke?.id === event.pointerId) {
    const steps = event.getCoalescedEvents?.() ?? [];
    const moves = steps.length ? steps : [event];
    const next = event.getPredictedEvents?.()[0];
    for (const [i, step] of moves.entries()) {
      stroke.work.straight ||= event.shiftKey && (stroke.work.mark?.points.length ?? 3) < 3;
      const foreseen = next && i === moves.length - 1 ? drawing.view.toDrawing(placeOf(next)) : null;
      stroke.work.move(drawing.view.toDrawing(placeOf(step)), pressureOf(step), foreseen);
    }
  }
  show(event, at);
});

/**
 * The view is moved or turned, or the brush sized, as far as the pointer went.
 * @param {Point} at
 */
function dragTo(at) {
  if (!drag || !app.current) return;
  const { view } = app.current;
  const { tool, start, from } = drag;
  if (tool === 'hand') view.pan(at[0] - drag.at[0], at[1] - drag.at[1]);
  else if (tool === 'turn') {
    const [x, y] = view.middle;
    const turned = Math.atan2(at[1] - y, at[0] - x) - Math.atan2(start[1] - y, start[0] - x);
    view.turnTo(snapped(from + turned), view.middle);
    readOut(t('degrees', { n: view.degrees }));
    app.emit('view');
  } else {
    app.set({ size: sizeOfRing(Math.max(0.5, from + at[0] - start[0])) });
    readOut(`${Math.round(brushWidth())} px`);
  }
  drag.at = at;
}

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
  pointer.at = drag?.tool === 'size' ? drag.start : at;
  pointer.keys = false;
  pointer.tool = drag?.tool ?? stroke?.work.tool ?? toolOf(event);
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
  gesture = { ...measured(), start, moved: gesture?.moved ?? 0, most: fingers.size, free: app.current?.view.angle ?? 0 };
}

function moveGesture() {
  if (fingers.size < 2 || !gesture || !app.current) return;
  const { view } = app.current;
  const now = measured();
  view.pan(now.middle[0] - gesture.middle[0], now.middle[1] - gesture.middle[1]);
  gesture.free += Math.atan2(Math.sin(now.angle - gesture.angle), Math.cos(now.angle - gesture.angle));
  const before = view.degrees;
  view.about(now.middle, now.span / gesture.span);
  view.turnTo(snapped(gesture.free), now.middle);
  if (view.degrees !== before) readOut(t('degrees', { n: view.degrees }));
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
