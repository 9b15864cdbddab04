// Versions: results that were kept under a name. Each is a state and a small picture; its picture is made again when it
// is shown. To go back to one is a step that can be undone.

import { note } from './announce.js';
import { app } from './app.js';
import { freshKey } from './drawing.js';
import { thumbnail } from './keeping.js';
import * as made from './made.js';
import { plainName } from './request.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { State, Version } from './types.d.ts' */

export const MOST = 64; // versions of a drawing
const THUMB = 200; // longest side of a version's picture, px

/**
 * Keeps a state of a drawing as its newest version.
 * @param {Drawing} drawing
 * @param {State} state
 * @param {string} name
 */
export function keep(drawing, state, name) {
  if (drawing.versions.length >= MOST) {
    note(t('versions-full', { most: MOST }), 'error');
    return;
  }
  /** @type {Version} */
  const version = { key: freshKey(), name: plainName(name), time: Date.now(), state, thumb: null };
  set(drawing, [...drawing.versions, version]);
  pictureOnce(drawing, version);
  note(t('version-kept', { name: version.name }));
}

export function keepPresent() {
  const drawing = app.current;
  if (drawing) keep(drawing, drawing.state, nextName(drawing.versions));
}

/**
 * A name that no version has.
 * @param {readonly Version[]} versions
 */
export function nextName(versions) {
  const names = new Set(versions.map(({ name }) => name));
  let n = versions.length + 1;
  while (names.has(t('version', { n }))) n += 1;
  return t('version', { n });
}

/**
 * @param {Drawing} drawing
 * @param {readonly Version[]} versions
 */
function set(drawing, versions) {
  drawing.versions = versions;
  drawing.saved = null;
  drawing.emit('versions');
  drawing.save();
}

/**
 * Makes the small picture of a version: of what is shown, where that is it, else by the server.
 * @param {Drawing} drawing
 * @param {Version} version
 */
async function picture(drawing, version) {
  const own = drawing.answers.get(version.state);
  const shown = own && own === drawing.color ? await thumbnail(drawing) : null;
  const thumb = shown ?? await made.picture(drawing, version.state, THUMB);
  drawing.versions = drawing.versions.map((one) => (one.key === version.key ? { ...one, thumb } : one));
  drawing.emit('versions');
  drawing.save();
}

/** @type {Set<string>} keys of versions whose pictures were asked for */
const asked = new Set();

/**
 * Makes the small picture of a version that has none (a project file holds none), unless that was tried before.
 * @param {Drawing} drawing
 * @param {Version} version
 */
export async function pictureOnce(drawing, version) {
  if (version.thumb || asked.has(version.key)) return;
  asked.add(version.key);
  await picture(drawing, version).catch(() => {}); // it stays without
}

/**
 * Whether two states ask for the same.
 * @param {State} a
 * @param {State} b
 */
export function isSame(a, b) {
  return a === b || Object.entries(a).every(([key, value]) => value === Reflect.get(b, key));
}

/**
 * A version's colors become the present ones: one step.
 * @param {Drawing} drawing
 * @param {Version} version
 */
export function goBack(drawing, version) {
  drawing.become(version.state);
  note(t('version-back', { name: version.name }), 'note', '', { words: t('undo'), work: () => drawing.undo() });
}

/**
 * @param {Drawing} drawing
 * @param {Version} version
 */
export function remove(drawing, version) {
  const before = drawing.versions;
  set(drawing, before.filter(({ key }) => key !== version.key));
  note(t('version-gone', { name: version.name }), 'note', '', { words: t('bring-back'), work: () => {
    const at = before.findIndex(({ key }) => key === version.key);
    set(drawing, drawing.versions.toSpliced(at, 0, version));
  } });
}

/**
 * @param {Drawing} drawing
 * @param {Version} version
 * @param {string} name
 */
export function rename(drawing, version, name) {
  const given = plainName(name.trim() || version.name);
  set(drawing, drawing.versions.map((one) => (one.key === version.key ? { ...one, name: given } : one)));
}
