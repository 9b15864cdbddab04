// Project files: a drawing and all that was done on it. Their form is fixed in senga.color.project.

import { Told } from './complaints.js';
import { freshKey } from './drawing.js';
import { projectFacts } from './facts.js';
import { History } from './history.js';
import { packVersions, PARTS, unpackVersions } from './projectversions.js';
import { plainName, requestOf, stateOf } from './request.js';
import { isRefusal, small, statusOf } from './server.js';
import { t } from './words.js';
import { unzip, zip } from './zip.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Fingerprint, Project } from './types.d.ts' */

/** Most bytes of each part, unpacked. */
const MOST = new Map([['project.json', 4_000_000], ['marks.json', 16_000_000], ['drawing', 512_000_000], ['reference', 128_000_000], ['finished', 512_000_000], ['colored', 512_000_000], ...PARTS]);

const json = (/** @type {unknown} */ value) => new Blob([JSON.stringify(value)]);

/**
 * A project file of a drawing in a state; `model` is what painted it.
 * @param {Drawing} drawing
 * @param {string[]} swatches
 * @param {Fingerprint | null} model
 */
export function packProject(drawing, swatches, model, state = drawing.state) {
  const { marks, ...request } = requestOf(state);
  const name = plainName(drawing.original).replace(/[/\\:]/g, ' ').trim();
  const facts = {
    format: 1,
    drawing: { name: name.replace(/^\.+$/, '') || 'drawing' },
    request,
    swatches: swatches.map((color) => ({ color, name: '' })),
    model,
  };
  /** @type {[string, Blob][]} */
  const files = [['project.json', json(facts)], ['marks.json', json(marks)], ['drawing', drawing.blob]];
  const { reference, finished } = state;
  if (reference) files.push(['reference', drawing.files[reference.key]]);
  if (finished) files.push(['finished', drawing.files[finished.key]]);
  const { colored } = state;
  if (colored) files.push(['colored', drawing.files[colored.key]]);
  files.push(...packVersions(drawing, { reference: reference?.key, finished: finished?.key, colored: colored?.key }));
  return zip(files);
}

export const isProject = (/** @type {string} */ name) => /\.senga$/i.test(name);

/**
 * What a project file holds.
 * @param {Blob} blob
 * @returns {Promise<Project>}
 */
export async function unpackProject(blob) {
  try {
    const parts = await unzip(blob, MOST);
    const part = (/** @type {string} */ name) => {
      const found = parts.get(name);
      if (!found) throw new Error(`no ${name}`);
      return found;
    };
    const facts = JSON.parse(await part('project.json').text());
    const marks = JSON.parse(await part('marks.json').text());
    const { name: original, request, swatches } = projectFacts(facts, marks);
    /** @type {Record<string, Blob>} */
    const files = {};
    const named = (/** @type {'reference' | 'finished' | 'colored'} */ kind) => {
      const file = request[kind];
      if (!file) return null;
      const key = freshKey();
      files[key] = part(kind);
      return { key, name: file };
    };
    const reference = named('reference'), colored = named('colored'), finished = named('finished');
    const kept = await unpackVersions(parts, { reference: reference?.key, finished: finished?.key, colored: colored?.key });
    return {
      original,
      blob: part('drawing'),
      state: stateOf(request, reference, colored, finished),
      files: { ...kept.files, ...files },
      swatches,
      versions: kept.versions,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Told(t('project-bad'), why, { cause: error });
  }
}

/**
 * Shows that the server takes what a project asks for: one that it refuses is told now, not at each stroke. A
 * reference that cannot be read is left out, and what went wrong with it is answered.
 * @param {Drawing} drawing
 * @returns {Promise<Error | null>}
 */
export async function prove(drawing) {
  let left = null;
  try {
    await drawing.bring(['reference']);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    drawing.history = new History({ ...drawing.state, reference: null });
    left = new Told(t('reference-bad'), error.message, { cause: error });
  }
  try {
    await drawing.bring();
    await small(drawing.id, requestOf(drawing.state));
  } catch (error) {
    if (isRefusal(error)) throw new Told(t('project-bad'), error.message, { cause: error });
    if (statusOf(error) !== 503) throw error; // a busy server is asked again by the channel
  }
  return left;
}
