// The export menu: one drawing in a format, or all open ones as a zip.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { download, make } from './dom.js';
import { element } from './elements.js';
import { packProject } from './project.js';
import { info } from './server.js';
import { t } from './words.js';
import { zip } from './zip.js';

/** @import { Drawing } from './drawing.js' */

/** @type {[format: string, ending: string, short: string][]} */
const FORMATS = [['png', '-color.png', 'PNG'], ['webp', '-color.webp', 'WebP'], ['layer', '-layer.png', 'PNG'], ['psd', '.psd', 'PSD'],
  ['ora', '.ora', 'ORA'], ['flats.svg', '-flats.svg', 'SVG'], ['senga', '.senga', 'senga']];

const menu = element('exports', HTMLElement);
const opener = element('export', HTMLButtonElement);

/**
 * The name of a drawing's file.
 * @param {Drawing} drawing
 * @param {string} ending
 */
const nameOf = (drawing, ending) => drawing.name.replace(/\.[a-z0-9]{2,5}$/i, '') + ending;

/**
 * The file of a drawing in a format; projects are made here, where the swatches and the reference's file are.
 * @param {Drawing} drawing
 * @param {string} format
 */
async function made(drawing, format) {
  if (format !== 'senga') return drawing.export(format);
  const model = await info().then((said) => said.model, () => null);
  const known = model && /^[0-9a-f]{64}$/.test(model.fingerprint) ? { name: model.name, sha256: model.fingerprint } : null;
  return packProject(drawing, app.settings.swatches, known);
}

/**
 * @param {string} format
 * @param {string} ending
 */
async function save(format, ending) {
  const drawing = app.current;
  if (!drawing) return;
  menu.hidePopover?.();
  const name = nameOf(drawing, ending);
  note(t('exporting', { name }));
  try {
    download(await made(drawing, format), name);
    note(t('exported', { name }));
  } catch (error) { fail(error); }
}

/** @param {string} format */
async function saveAll(format) {
  menu.hidePopover?.();
  const ending = FORMATS.find(([known]) => known === format)?.[1] ?? '';
  try {
    /** @type {[string, Blob][]} */
    const files = [];
    for (const drawing of app.drawings) {
      const name = nameOf(drawing, ending);
      note(t('exporting', { name }));
      files.push([name, await made(drawing, format)]);
    }
    download(await zip(files), 'senga.zip');
    note(t('exported', { name: 'senga.zip' }));
  } catch (error) { fail(error); }
}

export const saveProject = () => save('senga', '.senga');
export const openExports = () => opener.click(); // which does nothing while it is disabled

export function buildExports() {
  const one = FORMATS.map(([format, ending]) => make('button', { type: 'button', class: 'item', 'data-format': format, onclick: () => save(format, ending) },
    make('span', { 'data-t': `export-${format}` })));
  const kind = make('select', { id: 'all-format', 'data-label': 'export' }, ...FORMATS.filter(([format]) => format !== 'layer').map(([format, , short]) => make('option', { value: format }, short)));
  const all = make('button', { type: 'button', class: 'item', id: 'export-all', onclick: () => saveAll(kind.value) }, make('span', { 'data-t': 'export-all' }));
  menu.append(...one, make('div', { class: 'all' }, all, kind));
  app.on('front', () => { opener.disabled = !app.current; });
}
