// Palette files and pictures in and out, for swatches and for a drawing's palette.

import { fail, note } from './announce.js';
import { askFiles, button, download, make } from './dom.js';
import * as server from './server.js';
import { t } from './words.js';

const FORMATS = [['gpl', 'GIMP .gpl'], ['ase', 'Adobe .ase'], ['aco', 'Photoshop .aco'], ['txt', 'HEX .txt']];

/**
 * The colors of files that the person chooses or drops.
 * @param {File[]} files
 */
export async function colorsOf(files) {
  /** @type {string[]} */
  const colors = [];
  for (const file of files) colors.push(...await server.readPalette(file));
  note(colors.length ? t('palette-added', { n: colors.length }) : t('palette-none'));
  return colors;
}

/**
 * Buttons: open a palette or picture, save as. `take(colors)` and `give()` belong to the list.
 * @param {() => string} nameOf
 * @param {(colors: string[]) => unknown} take
 * @param {() => readonly string[]} give
 */
export function paletteDoors(nameOf, take, give) {
  const open = button('palette-open', async () => {
    try {
      const files = await askFiles({ accept: '.gpl,.ase,.aco,.act,.kpl,.pal,.txt,.hex,image/*', multiple: true });
      if (files.length) take(await colorsOf(files));
    } catch (error) { fail(error); }
  }, { sign: 'file' });
  const save = make('select', { class: 'save-as', 'data-label': 'palette-save' });
  const fill = () => save.replaceChildren(make('option', { value: '', 'data-t': 'palette-save' }),
    ...FORMATS.map(([format, words]) => make('option', { value: format }, words)));
  fill();
  save.addEventListener('change', async () => {
    const format = save.value;
    save.value = '';
    if (!format || !give().length) return;
    const name = nameOf();
    try {
      download(await server.writePalette(name, give(), format), `${name}.${format}`);
    } catch (error) { fail(error); }
  });
  return [open, save];
}

/**
 * A place that takes dropped files.
 * @param {HTMLElement} place
 * @param {(files: File[]) => unknown} take
 */
export function dropZone(place, take) {
  const over = (/** @type {boolean} */ on) => place.classList.toggle('over', on);
  place.addEventListener('dragover', (event) => {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    event.stopPropagation();
    over(true);
  });
  place.addEventListener('dragleave', () => over(false));
  place.addEventListener('drop', (event) => {
    const files = [...event.dataTransfer?.files ?? []];
    if (!files.length) return;
    event.preventDefault();
    event.stopPropagation();
    over(false);
    Promise.resolve(take(files)).catch(fail);
  });
}
