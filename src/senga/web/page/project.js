// Project files: a drawing and all that was done on it. Their form is fixed in senga.color.project.

import { readHex } from './color.js';
import { plainName, requestOf, stateOf } from './request.js';
import { unzip } from './unzip.js';
import { t } from './words.js';
import { zip } from './zip.js';

const json = (value) => new Blob([JSON.stringify(value)]);

/** A project file of a drawing; `model` is {name, sha256} of what painted it, or null. */
export function packProject(drawing, swatches, model) {
  const { marks, ...request } = requestOf(drawing.state);
  const name = plainName(drawing.original ?? drawing.name).replace(/[/\\:]/g, ' ').trim();
  const facts = {
    format: 1,
    drawing: { name: name.replace(/^\.+$/, '') || 'drawing' },
    request,
    swatches: swatches.map((color) => ({ color, name: '' })),
    model,
  };
  const files = [['project.json', json(facts)], ['marks.json', json(marks)], ['drawing', drawing.blob]];
  const { reference } = drawing.state;
  if (reference) files.push(['reference', drawing.files[reference.key]]);
  return zip(files);
}

export const isProject = (name) => /\.senga$/i.test(name);

/** What a project file holds: {original, blob, state, files, swatches}. */
export async function unpackProject(blob) {
  try {
    const files = await unzip(blob);
    const facts = JSON.parse(await files.get('project.json').text());
    const marks = JSON.parse(await files.get('marks.json').text());
    if (facts.format !== 1) throw new Error(`format ${facts.format}`);
    const key = facts.request.reference ? `reference-${Date.now()}-${Math.random()}` : null;
    const reference = key && { key, name: facts.request.reference };
    return {
      original: facts.drawing.name,
      blob: new Blob([await files.get('drawing').arrayBuffer()]),
      state: stateOf({ ...facts.request, marks }, reference),
      files: key ? { [key]: new Blob([await files.get('reference').arrayBuffer()]) } : {},
      swatches: facts.swatches.map((swatch) => readHex(swatch.color)).filter(Boolean),
    };
  } catch (error) {
    throw new Error(`${t('project-bad')} (${error.message})`);
  }
}
