// Project files: a drawing and all that was done on it. Their form is fixed in senga.color.project.

import { Told } from './complaints.js';
import { projectFacts } from './facts.js';
import { plainName, requestOf, stateOf } from './request.js';
import { t } from './words.js';
import { unzip, zip } from './zip.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Fingerprint, Project } from './types.d.ts' */

/** Most bytes of each part, unpacked. */
const MOST = new Map([['project.json', 4_000_000], ['marks.json', 16_000_000], ['drawing', 512_000_000], ['reference', 128_000_000]]);

const json = (/** @type {unknown} */ value) => new Blob([JSON.stringify(value)]);

/**
 * A project file of a drawing; `model` is what painted it.
 * @param {Drawing} drawing
 * @param {string[]} swatches
 * @param {Fingerprint | null} model
 */
export function packProject(drawing, swatches, model) {
  const { marks, ...request } = requestOf(drawing.state);
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
  const { reference } = drawing.state;
  if (reference) files.push(['reference', drawing.files[reference.key]]);
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
    const key = request.reference ? `reference-${Date.now()}-${Math.random()}` : null;
    const reference = key && request.reference ? { key, name: request.reference } : null;
    return {
      original,
      blob: part('drawing'),
      state: stateOf(request, reference),
      files: key ? { [key]: part('reference') } : {},
      swatches,
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Told(t('project-bad'), why, { cause: error });
  }
}
