// Draws the drawing in the window: paper, colors from the server, the person's own lines, hints, pointer.

import { app } from './app.js';
import { element } from './elements.js';
import { drawMark, drawMarks, fineness } from './marks.js';
import { penOn, penOnWindow } from './pens.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Pyramid } from './pyramid.js' */
/** @import { Colors, Layer, Mark, Picture, Point, Pointer, Proposal } from './types.d.ts' */
/** @import { View } from './view.js' */
/** @typedef {(pen: CanvasRenderingContext2D, drawing: Drawing, ratio: number) => unknown} Overlay */

/** Left of the divider the lines alone, right of it what an export holds. */
const BEFORE = { showLines: true, showColor: false, showHints: false };
const AFTER = { showLines: true, showColor: true, showHints: false };

const FINEST = 2048; // longest side of the hints' own picture, px

/** @type {[radius: number, ink: string][]} around the eyedropper's color */
const RINGS = [[25, '#222a'], [15, '#fffa']];

export const sheet = element('sheet', HTMLCanvasElement);
const pen = penOnWindow(sheet);

/** @type {Pointer} */
export const pointer = { at: null, keys: false, tool: 'brush', color: null };

/**
 * What other parts of the page draw: under the lines in drawing px, and over everything in window px.
 * @type {{under: Overlay[], over: Overlay[]}}
 */
export const overlays = { under: [], over: [] };

/**
 * How far the before/after divider stands from the left, 0 to 1, or null when it is off.
 * @type {{at: number | null}}
 */
export const divider = { at: null };

let asked = 0;
let ratio = 1;

/** Draws soon; many calls make one drawing. */
export function redraw() {
  asked ||= requestAnimationFrame(() => {
    asked = 0;
    draw();
  });
}

/** Brush width in drawing px. */
export function brushWidth(drawing = app.current) {
  return drawing ? Math.max(1, (app.settings.size / 1000) * Math.max(drawing.width, drawing.height)) : 1;
}

new ResizeObserver(() => {
  const { clientWidth: width, clientHeight: height } = sheet;
  ratio = window.devicePixelRatio || 1;
  sheet.width = Math.round(width * ratio);
  sheet.height = Math.round(height * ratio);
  place();
  draw();
}).observe(sheet);

/** Gives the front drawing's view the window's size; fits it the first time. */
export function place() {
  const drawing = app.current;
  if (!drawing) return;
  const { view } = drawing;
  view.resize(sheet.clientWidth, sheet.clientHeight);
  if ((!drawing.placed || view.fitted) && drawing.width && sheet.clientWidth > 1) {
    fit();
    drawing.placed = true;
  }
}

/** Shows the whole drawing, above the bar of the view. */
export function fit() {
  if (!app.current) return;
  const { view, width, height } = app.current;
  const bar = 58, top = 40; // the bars of the view and of the tool, with what is free around them
  view.height -= bar + top;
  view.fit(width, height, view.width < 600 ? 8 : 16);
  view.height += bar + top;
  view.pan(0, (top - bar) / 2);
  view.fitted = true;
  app.emit('view');
  redraw();
}

app.on('front', () => { place(); redraw(); });
app.on('lines', () => { place(); redraw(); });
app.on('state color settings look', redraw);

function draw() {
  pen.setTransform(1, 0, 0, 1, 0, 0);
  pen.clearRect(0, 0, sheet.width, sheet.height);
  const drawing = app.current;
  if (!drawing || !(drawing.lines || drawing.draft)) return;
  const { view, width, height, lines, draft } = drawing;
  onDrawing(view);
  pen.fillStyle = '#fff';
  pen.shadowColor = '#0004';
  pen.shadowBlur = 12 * ratio;
  pen.fillRect(0, 0, width, height);
  pen.shadowColor = 'transparent';
  pen.save();
  pen.beginPath();
  pen.rect(0, 0, width, height);
  pen.clip();
  if (drawing.proposal) drawProposal(drawing, drawing.proposal);
  else if (divider.at === null) drawLayers(drawing, app.settings);
  else {
    drawLayers(drawing, BEFORE, [0, divider.at]);
    drawLayers(drawing, AFTER, [divider.at, 1]);
  }
  pen.restore();
  if (lines && !drawing.proposal) drawPointer(drawing);
  else if (draft) drawDraft(drawing, draft);
}

/** @param {View} view */
function onDrawing(view) {
  const [a, b, c, d, e, f] = view.matrix();
  pen.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
}

/**
 * The layers that are to be seen, in a part of the window's width.
 * @param {Drawing} drawing
 * @param {Record<Layer, boolean>} layers
 * @param {[from: number, to: number]} part shares of the width
 */
function drawLayers(drawing, { showLines, showColor, showHints }, [from, to] = [0, 1]) {
  const { view, lines, color, growing } = drawing;
  const fine = 1 / view.scale;
  pen.save();
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.beginPath();
  pen.rect(from * view.width, 0, (to - from) * view.width, view.height);
  pen.clip();
  onDrawing(view);
  if (showColor && color) drawColor(drawing, color);
  for (const overlay of divider.at === null ? overlays.under : []) {
    pen.save();
    overlay(pen, drawing, ratio);
    pen.restore();
  }
  if (showHints || app.settings.tool === 'select') drawHints(drawing, fine);
  else if (growing && growing.kind !== 'erase') drawGrowing(growing, fine);
  if (lines && showLines && !(showColor && color?.lined)) drawLines(drawing, lines, showColor);
  pen.restore();
}

/**
 * The mark under the pen.
 * @param {Mark} mark
 * @param {number} fine
 */
function drawGrowing(mark, fine) {
  pen.translate(0.5, 0.5);
  drawMark(pen, mark, fine);
  pen.translate(-0.5, -0.5);
}

/**
 * @param {Drawing} drawing
 * @param {Colors} color
 */
function drawColor({ width, height, view }, color) {
  pen.imageSmoothingEnabled = view.scale < 4 || color.side < Math.max(width, height);
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(color.bitmap, 0, 0, width, height);
}

/**
 * Line art that is offered, right of the divider; left of it the file as it came.
 * @param {Drawing} drawing
 * @param {Proposal} proposal
 */
function drawProposal({ view, width, height }, { before, after }) {
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = 'high';
  pen.drawImage(before, 0, 0, width, height);
  if (!after) return;
  const from = divider.at ?? 0;
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.beginPath();
  pen.rect(from * view.width, 0, (1 - from) * view.width, view.height);
  pen.clip();
  onDrawing(view);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.drawImage(after, 0, 0, width, height);
}

/**
 * What the browser reads of the file, until the server has read it.
 * @param {Drawing} drawing
 * @param {ImageBitmap} draft
 */
function drawDraft({ width, height }, draft) {
  pen.imageSmoothingQuality = 'high';
  pen.globalCompositeOperation = 'multiply';
  pen.drawImage(draft, 0, 0, width, height);
  pen.globalCompositeOperation = 'source-over';
}

/**
 * The person's own lines; with a tint they take the ink colors that came with the answer, never another shape.
 * @param {Drawing} drawing
 * @param {Pyramid} lines
 * @param {boolean} colored
 */
function drawLines(drawing, lines, colored) {
  const { width, height, color, state, view } = drawing;
  const scale = view.scale * ratio;
  if (!colored || !color?.ink || !state.tint) {
    lines.draw(pen, scale, width, height);
    return;
  }
  const tinted = inkedLines(drawing, lines.at(scale), color.ink, state.tint);
  pen.imageSmoothingEnabled = scale < 4;
  pen.drawImage(tinted, 0, 0, width, height);
}

/**
 * The lines in the colors of their ink, made anew when something of it has changed.
 * @param {Drawing} drawing
 * @param {Picture} level
 * @param {ImageBitmap} ink
 * @param {number} tint
 */
function inkedLines(drawing, level, ink, tint) {
  const kept = drawing.inked;
  if (kept?.ink === ink && kept.level === level && kept.tint === tint) return kept.canvas;
  const canvas = new OffscreenCanvas(level.width, level.height);
  const brush = penOn(canvas);
  brush.drawImage(level, 0, 0);
  brush.globalCompositeOperation = 'source-in';
  brush.drawImage(ink, 0, 0, canvas.width, canvas.height);
  brush.globalCompositeOperation = 'source-atop';
  brush.fillStyle = `rgb(0 0 0 / ${1 - tint})`;
  brush.fillRect(0, 0, canvas.width, canvas.height);
  drawing.inked = { ink, level, tint, canvas };
  return canvas;
}

/**
 * The picture of a drawing's marks: new ones are added to it, and it is made anew after undo.
 * @param {Drawing} drawing
 * @param {number} scale
 */
function hintPicture(drawing, scale) {
  const { width, height } = drawing, { marks } = drawing.trial ?? drawing.state;
  let layer = drawing.hintLayer;
  if (!layer || marks.length < layer.marks.length || layer.marks.some((m, i) => m !== marks[i])) {
    const wide = Math.max(1, Math.ceil(width * scale)), high = Math.max(1, Math.ceil(height * scale));
    const same = layer?.canvas.width === wide && layer.canvas.height === high;
    layer = { canvas: same && layer ? layer.canvas : new OffscreenCanvas(wide, high), marks: [] };
    if (same) penOn(layer.canvas).clearRect(0, 0, wide, high);
    drawing.hintLayer = layer;
  }
  if (layer.marks.length < marks.length) {
    const brush = penOn(layer.canvas);
    brush.setTransform(scale, 0, 0, scale, scale / 2, scale / 2);
    drawMarks(brush, marks.slice(layer.marks.length), fineness(drawing));
    brush.setTransform(1, 0, 0, 1, 0, 0);
    layer.marks = marks;
  }
  return layer.canvas;
}

/**
 * The marks and the one that grows, which is not in their picture yet.
 * @param {Drawing} drawing
 * @param {number} fine
 */
function drawHints(drawing, fine) {
  const { width, height } = drawing;
  const scale = Math.min(4, FINEST / Math.max(width, height));
  const hints = hintPicture(drawing, scale);
  pen.imageSmoothingEnabled = true;
  pen.globalAlpha = 0.9;
  const { growing } = drawing;
  if (growing?.kind === 'erase') {
    const copy = new OffscreenCanvas(hints.width, hints.height);
    const brush = penOn(copy);
    brush.drawImage(hints, 0, 0);
    brush.setTransform(scale, 0, 0, scale, scale / 2, scale / 2);
    drawMark(brush, growing, fine);
    pen.drawImage(copy, 0, 0, width, height);
  } else {
    pen.drawImage(hints, 0, 0, width, height);
    if (growing) drawGrowing(growing, fine);
  }
  pen.globalAlpha = 1;
}

/**
 * The brush's ring, or a cross where it is small or the arrow keys moved it.
 * @param {Drawing} drawing
 */
function drawPointer(drawing) {
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  for (const overlay of overlays.over) {
    pen.save();
    overlay(pen, drawing, ratio);
    pen.restore();
  }
  if (!pointer.at) return;
  const [x, y] = pointer.at;
  const { tool } = pointer;
  const wide = ['brush', 'dot', 'line', 'erase', 'size'].includes(tool) ? (brushWidth(drawing) * drawing.view.scale) / 2 : 0;
  const paths = new Path2D();
  if (wide >= 3) paths.arc(x, y, wide, 0, 7);
  if (wide < 3 || pointer.keys) {
    for (const [u, v] of [[1, 0], [-1, 0], [0, 1], [0, -1]]) {
      paths.moveTo(x + 4 * u, y + 4 * v);
      paths.lineTo(x + 11 * u, y + 11 * v);
    }
  }
  if (tool === 'hand' || tool === 'turn') return;
  pen.lineWidth = 3;
  pen.strokeStyle = '#fffb';
  pen.stroke(paths);
  pen.lineWidth = 1.3;
  pen.strokeStyle = '#222';
  pen.stroke(paths);
  if (tool === 'pick' && pointer.color) {
    pen.lineWidth = 9;
    pen.strokeStyle = pointer.color;
    pen.beginPath();
    pen.arc(x, y, 20, 0, 7);
    pen.stroke();
    pen.lineWidth = 1.5;
    for (const [r, ink] of RINGS) {
      pen.strokeStyle = ink;
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.stroke();
    }
  }
}

/**
 * The color under the lines at a drawing place, '#rrggbb', or null where there is none.
 * @param {Drawing} drawing
 * @param {Point} place
 */
export function colorAt(drawing, [x, y]) {
  if (!drawing.color || x < 0 || y < 0 || x >= drawing.width || y >= drawing.height) return null;
  const { bitmap } = drawing.color;
  const spot = penOn(new OffscreenCanvas(1, 1), { willReadFrequently: true });
  const u = Math.floor((x / drawing.width) * bitmap.width), v = Math.floor((y / drawing.height) * bitmap.height);
  spot.drawImage(bitmap, u, v, 1, 1, 0, 0, 1, 1);
  const [r, g, b] = spot.getImageData(0, 0, 1, 1).data;
  return `#${[r, g, b].map((c) => c.toString(16).padStart(2, '0')).join('')}`;
}
