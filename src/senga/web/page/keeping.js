// Drawings as the browser keeps them: a record of each, its file and those that belong to it beside it.

import * as storage from './storage.js';

/** @import { Drawing } from './drawing.js' */
/** @import { DrawingParts } from './types.d.ts' */

const STEPS = 300; // of undo and of redo that are kept

/**
 * Keeps a drawing as it is now.
 * @param {Drawing} drawing
 */
export async function write(drawing) {
  const { key, name, original, id, width, height, stamp } = drawing;
  if (!drawing.stored) {
    await storage.own(key);
    await storage.put('files', key, drawing.blob);
    for (const file of Object.keys(drawing.files)) await storage.put('files', file, drawing.files[file]);
    drawing.stored = true;
  }
  const { present, past, future } = drawing.history;
  const history = { present, past: past.slice(-STEPS), future: future.slice(-STEPS) };
  const files = Object.keys(drawing.files);
  await storage.put('drawings', key, { key, name, original, id, width, height, stamp, history, files, view: drawing.view.kept() });
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
  if (!record || !blob) return null;
  /** @type {Record<string, Blob>} */
  const files = {};
  for (const name of record.files ?? []) {
    const file = await storage.get('files', name);
    if (file) files[name] = file;
  }
  return { ...record, blob, files };
}

/**
 * Forgets a drawing and its files.
 * @param {string} key
 */
export async function erase(key) {
  const record = await storage.get('drawings', key);
  await storage.drop('drawings', key);
  for (const file of [key, ...record?.files ?? []]) await storage.drop('files', file);
}
