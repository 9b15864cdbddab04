// Project files: a drawing and all that was done on it. Their form is fixed in senga.color.project.

import { readHex } from './color.js';
import { plainName, requestOf, stateOf } from './request.js';
import { t } from './words.js';
import { unzip, zip } from './zip.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Fingerprint, Project } from './types.d.ts' */

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
    const parts = await unzip(blob);
    const part = (/** @type {string} */ name) => {
      const found = parts.get(name);
      if (!found) throw new Error(`no ${name}`);
      return found;
    };
    const facts = JSON.parse(await part('project.json').text());
    const marks = JSON.parse(await part('marks.json').text());
    if (facts.format !== 1) throw new Error(`format ${facts.format}`);
    const key = facts.request.reference ? `reference-${Date.now()}-${Math.random()}` : null;
    const reference = key ? { key, name: facts.request.reference } : null;
    return {
      original: facts.drawing.name,
      blob: part('drawing'),
      state: stateOf({ ...facts.request, marks }, reference),
      files: key ? { [key]: part('reference') } : {},
      swatches: swatchesOf(facts.swatches),
    };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`${t('project-bad')} (${why})`, { cause: error });
  }
}

/** @param {{color: string}[]} swatches */
function swatchesOf(swatches) {
  return swatches.map(({ color }) => readHex(color)).filter((color) => color !== null);
}
