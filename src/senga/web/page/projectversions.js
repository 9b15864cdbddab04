// The versions in a project file. Their form is fixed in senga.color.files.projectversions.

import { freshKey } from './drawing.js';
import { versionFacts } from './facts.js';
import { requestOf, stateOf } from './request.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Version } from './types.d.ts' */

const COUNT = 64;
const TEXT = 64_000_000; // most bytes of the list

/**
 * Pictures that versions may name, and most bytes of each.
 * @type {[kind: 'reference' | 'finished' | 'colored', most: number][]}
 */
const PICTURES = [['reference', 128_000_000], ['finished', 512_000_000], ['colored', 512_000_000]];

/**
 * Most bytes of each part that versions may have.
 * @type {[string, number][]}
 */
export const PARTS = [['versions.json', TEXT], ...PICTURES.flatMap(([kind, most]) => (
  Array.from({ length: COUNT }, (_, i) => /** @type {[string, number]} */ ([`${kind}-${i + 1}`, most]))))];

/** @typedef {Partial<Record<'reference' | 'finished' | 'colored', string | null>>} Own keys of the pictures that the project has already */

/**
 * The parts of a project file that hold a drawing's versions.
 * @param {Pick<Drawing, 'versions' | 'files'>} drawing
 * @param {Own} own
 * @returns {[string, Blob][]}
 */
export function packVersions({ versions, files }, own) {
  if (!versions.length) return [];
  /** @type {Map<string, string>} parts' names by kinds and keys of pictures */
  const names = new Map(PICTURES.map(([kind]) => [`${kind} ${own[kind]}`, kind]));
  /** @type {[string, Blob][]} */
  const pictures = [];
  const rows = versions.map(({ name, time, state }, i) => {
    const parts = PICTURES.map(([kind]) => {
      const key = state[kind]?.key;
      if (!key) return [kind, null];
      if (!names.has(`${kind} ${key}`)) {
        names.set(`${kind} ${key}`, `${kind}-${i + 1}`);
        pictures.push([`${kind}-${i + 1}`, files[key]]);
      }
      return [kind, names.get(`${kind} ${key}`)];
    });
    return { name, time: new Date(time).toISOString(), request: requestOf(state), ...Object.fromEntries(parts) };
  });
  return [['versions.json', new Blob([JSON.stringify(rows)])], ...pictures];
}

/**
 * The versions that a project's parts hold, and their pictures by key; throws where they are of another form.
 * @param {Map<string, Blob>} parts
 * @param {Own} own
 * @returns {Promise<{versions: Version[], files: Record<string, Blob>}>}
 */
export async function unpackVersions(parts, own) {
  const list = parts.get('versions.json');
  if (!list) return { versions: [], files: {} };
  /** @type {Map<string, string>} keys of pictures by parts' names */
  const keys = new Map(PICTURES.flatMap(([kind]) => (own[kind] ? [[kind, own[kind]]] : [])));
  /** @type {Record<string, Blob>} */
  const files = {};
  const versions = versionFacts(JSON.parse(await list.text())).map(({ name, time, request, pictures }, i) => {
    const [reference, finished, colored] = PICTURES.map(([kind]) => {
      const named = request[kind], part = pictures[kind];
      if (!named) return null;
      const blob = part && new RegExp(`^${kind}(-\\d+)?$`).test(part) ? parts.get(part) : null;
      if (!part || !blob) throw new Error(`versions ${i + 1}: its ${kind} is missing`);
      const key = keys.get(part) ?? freshKey();
      if (!keys.has(part)) files[key] = blob;
      keys.set(part, key);
      return { key, name: named };
    });
    return { key: freshKey(), name, time, state: stateOf(request, reference, colored, finished), thumb: null };
  });
  return { versions, files };
}
