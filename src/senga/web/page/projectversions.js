// The versions in a project file. Their form is fixed in senga.color.files.projectversions.

import { freshKey } from './drawing.js';
import { versionFacts } from './facts.js';
import { requestOf, stateOf } from './request.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Version } from './types.d.ts' */

const COUNT = 64;
const TEXT = 64_000_000, REFERENCE = 128_000_000; // most bytes of the list, and of a reference

/**
 * Most bytes of each part that versions may have.
 * @type {[string, number][]}
 */
export const PARTS = [['versions.json', TEXT], ...Array.from({ length: COUNT }, (_, i) => /** @type {[string, number]} */ ([`reference-${i + 1}`, REFERENCE]))];

/**
 * The parts of a project file that hold a drawing's versions.
 * @param {Pick<Drawing, 'versions' | 'files'>} drawing
 * @param {string | null} own key of the reference that the project has already
 * @returns {[string, Blob][]}
 */
export function packVersions({ versions, files }, own) {
  if (!versions.length) return [];
  /** @type {Map<string, string>} parts' names by keys of references */
  const names = new Map(own ? [[own, 'reference']] : []);
  /** @type {[string, Blob][]} */
  const pictures = [];
  const rows = versions.map(({ name, time, state }, i) => {
    const key = state.reference?.key;
    if (key && !names.has(key)) {
      names.set(key, `reference-${i + 1}`);
      pictures.push([`reference-${i + 1}`, files[key]]);
    }
    return { name, time: new Date(time).toISOString(), request: requestOf(state), reference: (key && names.get(key)) ?? null, finished: null };
  });
  return [['versions.json', new Blob([JSON.stringify(rows)])], ...pictures];
}

/**
 * The versions that a project's parts hold, and their references by key; throws where they are of another form.
 * @param {Map<string, Blob>} parts
 * @param {string | null} own key of the project's own reference
 * @returns {Promise<{versions: Version[], files: Record<string, Blob>}>}
 */
export async function unpackVersions(parts, own) {
  const list = parts.get('versions.json');
  if (!list) return { versions: [], files: {} };
  /** @type {Map<string, string>} keys of references by parts' names */
  const keys = new Map(own ? [['reference', own]] : []);
  /** @type {Record<string, Blob>} */
  const files = {};
  const versions = versionFacts(JSON.parse(await list.text())).map(({ name, time, request, pictures }, i) => {
    const part = pictures.reference;
    const blob = part && /^reference(-\d+)?$/.test(part) ? parts.get(part) : null;
    if ((request.reference ?? null) !== null && !blob) throw new Error(`versions ${i + 1}: its reference is missing`);
    if (part && blob && !keys.has(part)) {
      keys.set(part, freshKey());
      files[keys.get(part) ?? ''] = blob;
    }
    const reference = request.reference && part ? { key: keys.get(part) ?? '', name: request.reference } : null;
    return { key: freshKey(), name, time, state: stateOf(request, reference), thumb: null };
  });
  return { versions, files };
}
