// Drawings as the browser keeps them: a record of each, its file and those that belong to it beside it. Closed ones stay
// for a while.

import { penOn } from './pens.js';
import * as storage from './storage.js';
import { windowId } from './windows.js';

/** @import { Drawing } from './drawing.js' */
/** @import { DrawingParts, KeptDrawing, Recent } from './types.d.ts' */

const STEPS = 300; // of undo and of redo that are kept
const CLOSED = 24; // closed drawings that are kept
const CLOSED_BYTES = 400_000_000; // of their files, all together
const THUMB = 200; // longest side of a closed drawing's picture, px

/**
 * Keeps a drawing as it is now.
 * @param {Drawing} drawing
 * @param {{closed?: number, thumb?: Blob | null}} [end] of one that is being closed
 */
export async function write(drawing, end = {}) {
  const { key, name, original, id, width, height, stamp, handle, changed, versions, nextSeed, paletteKey } = drawing;
  if (!drawing.stored) {
    await storage.own(key);
    await storage.put('files', key, drawing.blob);
    for (const file of Object.keys(drawing.files)) await storage.put('files', file, drawing.files[file]);
    drawing.stored = true;
  }
  const { present, past, future } = drawing.history;
  const history = { present, past: past.slice(-STEPS), future: future.slice(-STEPS) };
  const files = Object.keys(drawing.files);
  const ideas = drawing.ideas.filter(({ marked }) => marked);
  const bytes = [drawing.blob, ...Object.values(drawing.files)].reduce((sum, file) => sum + file.size, 0);
  await storage.put('drawings', key, {
    key, name, original, id, width, height, stamp, handle, changed, versions, ideas, nextSeed, paletteKey, history, files, bytes, view: drawing.view.kept(), window: windowId(), ...end });
}

/**
 * What was kept under a key, or null where there is none, or another window has it.
 * @param {string} key
 * @returns {Promise<DrawingParts | null>}
 */
export async function read(key) {
  if (!(await storage.own(key))) return null;
  const record = await storage.get('drawings', key);
  const blob = await storage.get('files', key);
  if (!record || !blob) {
    storage.disown(key);
    return null;
  }
  /** @type {Record<string, Blob>} */
  const files = {};
  for (const name of record.files ?? []) {
    const file = await storage.get('files', name);
    if (file) files[name] = file;
  }
  return { ...record, blob, files };
}

/**
 * Keeps a drawing that is closed, with a small picture of it; the oldest closed ones go where there are too many.
 * @param {Drawing} drawing
 */
export async function lay(drawing) {
  await write(drawing, { closed: Date.now(), thumb: await thumbnail(drawing).catch(() => null) });
  storage.disown(drawing.key);
  let bytes = 0;
  for (const [i, record] of (await closed()).entries()) {
    bytes += record.bytes ?? 0;
    if (i >= CLOSED || (i > 0 && bytes > CLOSED_BYTES)) await erase(record.key);
  }
}

/**
 * The closed drawings, the last one first.
 * @returns {Promise<(KeptDrawing & Recent)[]>}
 */
export async function closed() {
  const found = [];
  for (const key of await storage.keys('drawings')) {
    const record = await storage.get('drawings', key);
    if (record?.closed) found.push({ ...record, closed: record.closed, name: record.name, thumb: record.thumb ?? null });
  }
  return found.sort((a, b) => b.closed - a.closed);
}

/**
 * Forgets a drawing and its files.
 * @param {string} key
 */
export async function erase(key) {
  const record = await storage.get('drawings', key);
  await storage.drop('drawings', key);
  for (const file of [key, ...record?.files ?? []]) await storage.drop('files', file);
  storage.disown(key);
}

/**
 * A small picture of what a drawing shows now, or null where it shows nothing yet.
 * @param {Drawing} drawing
 */
export async function thumbnail({ lines, color, width, height }) {
  if (!lines) return null;
  const scale = Math.min(1, THUMB / Math.max(width, height));
  const canvas = new OffscreenCanvas(Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale)));
  const pen = penOn(canvas);
  pen.imageSmoothingQuality = 'high';
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, canvas.width, canvas.height);
  if (color) pen.drawImage(color.bitmap, 0, 0, canvas.width, canvas.height);
  if (!color?.lined) lines.draw(pen, scale, canvas.width, canvas.height);
  return canvas.convertToBlob({ type: 'image/webp', quality: 0.8 });
}
