// Saved colors, in palettes with names: one in use for all drawings, or one of the drawing's own.

import { announce, note } from './announce.js';
import { app } from './app.js';
import { button, chip, make, part, walk } from './dom.js';
import { freshKey } from './drawing.js';
import { childrenOf } from './elements.js';
import { colorsOf, dropZone, paletteDoors } from './palettes.js';
import { plainName } from './request.js';
import { altered, freeName, PALETTES, without } from './swatchbook.js';
import { t } from './words.js';

/** @import { NamedPalette } from './types.d.ts' */

export function saveSwatch() {
  app.addSwatches([app.settings.color]);
  announce(app.settings.color);
}

const nameOf = (/** @type {NamedPalette} */ { name }) => name || t('swatches');

/** Makes a palette without colors, and takes it into use. */
function makeNew() {
  const { palettes } = app.settings;
  if (palettes.length >= PALETTES) {
    note(t('palettes-full', { most: PALETTES }), 'error');
    return;
  }
  const key = freshKey();
  app.set({ palettes: [...palettes, { key, name: freeName(palettes, t('palette-fresh')), colors: [] }] });
  app.usePalette(key);
}

/** Takes the palette in use away, or its colors; both can be put back. */
function remove(whole = true) {
  const { palette, settings: { palettes } } = app;
  const at = palettes.findIndex(({ key }) => key === palette.key);
  app.set({ palettes: whole ? without(palettes, palette.key) : altered(palettes, palette.key, { colors: [] }) });
  note(t(whole ? 'palette-gone' : 'palette-emptied', { name: nameOf(palette) }), 'note', '', { words: t('swatch-back'), work: () => {
    const now = app.settings.palettes;
    app.set({ palettes: whole ? now.toSpliced(at, 0, palette) : altered(now, palette.key, { colors: palette.colors }) });
    if (whole) app.usePalette(palette.key);
  } });
}

/** The list of palettes, and what is done with them. */
function book() {
  const list = make('select', { id: 'palettes', 'data-label': 'palettes' });
  list.addEventListener('change', () => app.usePalette(list.value));
  const box = make('input', { type: 'text', maxlength: 80, 'data-label': 'palette-name', hidden: true });
  const naming = (/** @type {boolean} */ on) => {
    list.hidden = on;
    box.hidden = !on;
    if (!on) return;
    box.value = nameOf(app.palette);
    box.focus();
    box.select();
  };
  const end = (/** @type {boolean} */ take) => {
    if (box.hidden) return;
    naming(false);
    const { key } = app.palette;
    if (take && box.value.trim()) app.set({ palettes: altered(app.settings.palettes, key, { name: plainName(box.value.trim()) }) });
  };
  box.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.stopPropagation();
    end(event.key === 'Enter');
    list.focus();
  });
  box.addEventListener('blur', () => end(true));
  const away = button('palette-delete', () => remove(), { sign: 'trash' });
  const fresh = button('palette-new', () => { makeNew(); naming(true); }, { sign: 'plus' });
  const row = make('div', { class: 'book doors' }, list, box, fresh, button('rename', () => naming(true), { sign: 'pencil' }), away);
  const own = make('input', { type: 'checkbox', role: 'switch', id: 'palette-own' });
  own.addEventListener('change', () => app.ownPalette(own.checked));
  const ownRow = make('label', { class: 'switch' }, own, make('span', { 'data-t': 'palette-own' }));
  /** @type {unknown[]} */
  let shown = [];
  const show = () => {
    const { palettes } = app.settings, { key } = app.palette;
    own.checked = !!app.current?.paletteKey;
    own.disabled = !app.current;
    away.disabled = palettes.length < 2;
    if (shown[0] !== palettes || shown[1] !== t('swatches')) {
      list.replaceChildren(...palettes.map((one) => make('option', { value: one.key }, nameOf(one))));
    }
    shown = [palettes, t('swatches')];
    list.value = key;
  };
  app.on('settings front language', show);
  return [row, ownRow];
}

export function swatchPart() {
  const row = make('div', { class: 'chips', role: 'group', 'data-label': 'swatches', id: 'swatches' });
  const rest = walk(row);
  const removeOne = (/** @type {string} */ color) => {
    app.setSwatches(app.swatches.filter((c) => c !== color));
    announce(t('swatch-gone', { color }));
  };
  /** @type {readonly string[] | null} */
  let shown = null;
  const show = () => {
    const { swatches, settings: { color } } = app;
    clear.disabled = !swatches.length;
    if (shown !== swatches) {
      shown = swatches;
      row.replaceChildren(...swatches.map((c) => chip(c, t('swatch-use', { color: c }), (used) => app.setColor(used), removeOne)));
      rest();
    }
    for (const place of childrenOf(row)) place.setAttribute('aria-pressed', String(place.dataset.color === color));
  };
  const clear = button('palette-clear', () => remove(false), { sign: 'clear' });
  const add = button('swatch-add', saveSwatch, { sign: 'plus', key: 'swatch-add' });
  app.on('settings front', show);
  app.on('language', () => { shown = null; show(); });
  const [list, own] = book();
  const made = part('swatches', 'color', list, row,
    make('div', { class: 'doors' }, add, clear, ...paletteDoors(() => app.palette.name || 'swatches', (colors) => app.addSwatches(colors), () => app.swatches)), own);
  dropZone(made, async (files) => app.addSwatches(await colorsOf(files)));
  return made;
}
