// The export menu: one drawing in a format and as large as is said, or all open ones as a zip; and the project file.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { saveFile } from './disk.js';
import { download, make, slider } from './dom.js';
import { element } from './elements.js';
import { exported } from './made.js';
import { packProject } from './project.js';
import { info } from './server.js';
import { label, t } from './words.js';
import { carry, isCancelled } from './works.js';
import { zip } from './zip.js';

/** @import { Drawing } from './drawing.js' */
/** @import { ExportOptions } from './types.d.ts' */

/** @type {[format: string, ending: string, short: string][]} */
const FORMATS = [['png', '-color.png', 'PNG'], ['jpg', '-color.jpg', 'JPEG'], ['webp', '-color.webp', 'WebP'], ['layer', '-layer.png', 'PNG'],
  ['psd', '.psd', 'PSD'], ['ora', '.ora', 'ORA'], ['flats.svg', '-flats.svg', 'SVG'], ['senga', '.senga', 'senga']];
const PICTURES = ['png', 'jpg', 'webp', 'layer'];
const LAYERED = ['psd', 'ora'];

const menu = element('exports', HTMLElement);
const opener = element('export', HTMLButtonElement);

/**
 * The name of a drawing's file.
 * @param {Drawing} drawing
 * @param {string} ending
 */
const nameOf = (drawing, ending) => drawing.name.replace(/\.[a-z0-9]{2,5}$/i, '') + ending;

/**
 * What the server is told of how a picture is written.
 * @param {string} format
 * @param {ExportOptions} options
 * @returns {Record<string, string>}
 */
export function optionsFor(format, { side, dpi, quality, transparent, srgb, regions }) {
  /** @type {Record<string, number>} */
  let given = {};
  if (PICTURES.includes(format)) {
    given = { side, dpi, quality: format === 'jpg' ? quality : 0, transparent: format === 'jpg' ? 0 : Number(transparent), srgb: Number(srgb) };
  } else if (LAYERED.includes(format)) given = { dpi, srgb: Number(srgb), regions: Number(regions) };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value).map(([name, value]) => [name, String(value)]));
}

/**
 * The file of a drawing in a format; projects are made here, where the swatches and the reference's file are.
 * @param {Drawing} drawing
 * @param {string} format
 * @param {AbortSignal} [signal]
 */
async function made(drawing, format, signal, state = drawing.state) {
  if (format !== 'senga') return exported(drawing, format, optionsFor(format, app.settings.exporting), signal);
  const model = await info().then((said) => said.model, () => null);
  const known = model && /^[0-9a-f]{64}$/.test(model.fingerprint) ? { name: model.name, sha256: model.fingerprint } : null;
  return packProject(drawing, app.swatches, known, state);
}

/**
 * @param {string} format
 * @param {string} ending
 */
async function save(format, ending) {
  const drawing = app.current;
  if (!drawing) return;
  menu.hidePopover?.();
  if (format === 'senga') {
    await saveProject();
    return;
  }
  const name = nameOf(drawing, ending);
  await guarded(async () => {
    download(await carry(t('exporting', { name }), (signal) => made(drawing, format, signal)), name);
    note(t('exported', { name }));
  });
}

/** @param {string} format */
async function saveAll(format) {
  menu.hidePopover?.();
  const ending = FORMATS.find(([known]) => known === format)?.[1] ?? '';
  await guarded(async () => {
    const packed = await carry(t('exporting', { name: 'senga.zip' }), async (signal, tell) => {
      /** @type {[string, Blob][]} */
      const files = [];
      for (const drawing of app.drawings) {
        signal.throwIfAborted();
        tell(files.length / app.drawings.length);
        files.push([nameOf(drawing, ending), await made(drawing, format, signal)]);
      }
      return zip(files);
    });
    download(packed, 'senga.zip');
    note(t('exported', { name: 'senga.zip' }));
  });
}

/** @param {() => Promise<void>} work */
async function guarded(work) {
  try {
    await work();
  } catch (error) { if (!isCancelled(error)) fail(error); }
}

/** Saves the front drawing as a project: to the file that it came from or was saved to, else where the person says. */
export async function saveProject(anew = false) {
  const drawing = app.current;
  if (!drawing) return;
  const { state } = drawing;
  const name = nameOf(drawing, '.senga');
  await guarded(async () => {
    const handle = await saveFile(() => made(drawing, 'senga', undefined, state), name, anew ? null : drawing.handle);
    if (handle === undefined) return;
    drawing.handle = handle ?? drawing.handle;
    drawing.saved = state;
    drawing.save();
    app.emit('kept');
    note(t('exported', { name: handle?.name ?? name }));
  });
}

export const saveProjectAs = () => saveProject(true);
export const openExports = () => opener.click(); // which does nothing while it is disabled

/**
 * A box for a whole number; nothing in it is 0.
 * @param {'side' | 'dpi'} name
 * @param {number} most
 */
function numberBox(name, most) {
  const box = make('input', { type: 'number', min: 1, max: most, step: 1, id: `export-${name}`, placeholder: '–' });
  box.addEventListener('change', () => {
    const value = Math.max(0, Math.min(most, Math.round(+box.value || 0)));
    box.value = value ? String(value) : '';
    app.set({ exporting: { ...app.settings.exporting, [name]: value } });
  });
  return { box, row: make('label', { class: 'choice-row' }, make('span', { 'data-t': `export-${name}` }), box) };
}

/** @param {'transparent' | 'srgb' | 'regions'} name */
function flag(name) {
  const box = make('input', { type: 'checkbox', role: 'switch', id: `export-${name}` });
  box.addEventListener('change', () => app.set({ exporting: { ...app.settings.exporting, [name]: box.checked } }));
  return { box, row: make('label', { class: 'switch' }, box, make('span', { 'data-t': `export-${name}` })) };
}

/** How pictures are written, folded away. */
function optionsPart() {
  const side = numberBox('side', 20000), dpi = numberBox('dpi', 2400);
  const transparent = flag('transparent'), srgb = flag('srgb'), regions = flag('regions');
  const quality = slider('export-quality', {
    min: 10, max: 100, step: 1, show: (v) => `${Math.round(v)}`, oninput: (v) => app.set({ exporting: { ...app.settings.exporting, quality: v } }),
  });
  app.on('settings front lines', () => {
    const { exporting } = app.settings;
    for (const [place, value] of /** @type {const} */ ([[side.box, exporting.side], [dpi.box, exporting.dpi]])) {
      if (document.activeElement !== place) place.value = value ? String(value) : '';
    }
    if (app.current) side.box.placeholder = String(Math.max(app.current.width, app.current.height));
    transparent.box.checked = exporting.transparent;
    srgb.box.checked = exporting.srgb;
    regions.box.checked = exporting.regions;
    quality.put(exporting.quality);
  });
  return make('details', { class: 'options' }, make('summary', { 'data-t': 'export-options' }),
    side.row, dpi.row, quality.row, transparent.row, srgb.row, regions.row);
}

export function buildExports() {
  const one = FORMATS.map(([format, ending]) => make('button', { type: 'button', class: 'item', 'data-format': format, onclick: () => save(format, ending) },
    make('span', { 'data-t': `export-${format}` })));
  const kind = make('select', { id: 'all-format', 'data-label': 'export' }, ...FORMATS.filter(([format]) => format !== 'layer').map(([format, , short]) => make('option', { value: format }, short)));
  const all = make('button', { type: 'button', class: 'item', id: 'export-all', onclick: () => saveAll(kind.value) }, make('span', { 'data-t': 'export-all' }));
  menu.append(...one, optionsPart(), make('div', { class: 'all' }, all, kind));
  app.on('front', () => { opener.disabled = !app.current; });
  app.on('front language', () => label(opener, t('export'), 'export'));
}
