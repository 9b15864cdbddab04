// What a coloring is conditioned on besides hints: painted or flat, colored lines, a palette to color with.

import { app } from './app.js';
import { button, chip, make, part, slider, walk } from './dom.js';
import { colorsOf, dropZone, paletteDoors } from './palettes.js';
import { keepColors } from './handed.js';
import { layerRow } from './layerchoice.js';
import { gapSlider } from './optionsbar.js';
import { offer } from './preparing.js';
import { radios } from './radios.js';
import { FRESH } from './request.js';
import { t } from './words.js';

/** @import { Mode, State } from './types.d.ts' */

/** @type {Mode[]} */
const MODES = ['paint', 'flat'];
const MOST = 256; // colors of a palette that can be used

export function switchMode() {
  const drawing = app.current;
  drawing?.change({ mode: drawing.state.mode === 'flat' ? 'paint' : 'flat' });
}

/**
 * The front drawing's settings, or those of a fresh one.
 * @returns {State}
 */
const settled = () => ({ ...FRESH, ...app.current?.state });

/**
 * A slider of a setting of the front drawing.
 * @param {'tint'} setting
 * @param {string} words
 */
const sliderOf = (setting, words) => slider(words, {
  step: 0.05, oninput: (v) => app.current?.change({ [setting]: v }, setting), onchange: () => app.current?.history.rest(),
});

export function coloringPart() {
  const modes = radios('mode', MODES, (mode) => mode, (mode) => settled().mode !== mode && app.current?.change({ mode }), { id: 'mode' });
  const tint = sliderOf('tint', 'tint');
  const gap = gapSlider();
  app.on('state front language', () => {
    const state = settled();
    modes.put(state.mode);
    tint.put(state.tint);
  });
  const prepare = button('prepare', offer, { sign: 'drawing', text: true, kind: 'wide' });
  prepare.id = 'ask-prepare';
  app.on('front', () => { prepare.disabled = !app.current; });
  const keep = make('input', { type: 'checkbox', role: 'switch', id: 'keep-colors' });
  keep.addEventListener('change', () => app.current && keepColors(app.current, keep.checked));
  const keepRow = make('label', { class: 'switch' }, keep, make('span', { 'data-t': 'keep' }));
  app.on('state front look', () => {
    const drawing = app.current, { colored, reference, paletteOn } = settled();
    keepRow.hidden = !colored && !drawing?.history.past.some((state) => state.colored); // offered when its lines were drawn
    keep.checked = !!colored;
    keep.disabled = !!reference || paletteOn; // which win over it
  });
  return part('coloring', 'conditions', modes.row, tint.row, gap, keepRow, layerRow(), prepare);
}

/**
 * Puts colors into the front drawing's palette and colors with them.
 * @param {string[]} colors
 */
export function addToPalette(colors) {
  const drawing = app.current;
  if (!drawing || !colors.length) return;
  const palette = [...new Set([...drawing.state.palette, ...colors])].slice(0, MOST);
  drawing.change({ palette, paletteOn: true, fromIdea: false });
}

export function palettePart() {
  const on = make('input', { type: 'checkbox', role: 'switch', id: 'palette-on' });
  on.addEventListener('change', () => {
    const drawing = app.current;
    if (!drawing) return;
    if (on.checked && !drawing.state.palette.length) addToPalette(app.swatches);
    else drawing.change({ paletteOn: on.checked });
  });
  const row = make('div', { class: 'chips', role: 'group', 'data-label': 'palette', id: 'palette' });
  const rest = walk(row);
  const empty = make('p', { class: 'small', 'data-t': 'palette-empty' });
  const remove = (/** @type {string} */ color) => {
    const drawing = app.current;
    if (!drawing) return;
    const palette = drawing.state.palette.filter((c) => c !== color);
    drawing.change({ palette, paletteOn: drawing.state.paletteOn && palette.length > 0 });
  };
  /** @type {readonly string[] | null} */
  let shown = null;
  const show = () => {
    const { palette, paletteOn } = app.current?.state ?? { palette: [], paletteOn: false };
    on.checked = paletteOn;
    row.classList.toggle('off', !paletteOn);
    empty.hidden = palette.length > 0;
    if (shown === palette) return;
    shown = palette;
    row.replaceChildren(...palette.map((c) => chip(c, t('palette-use', { color: c }), (used) => app.setColor(used), remove)));
    rest();
  };
  app.on('state front', show);
  app.on('language', () => { shown = null; show(); });
  const [open, save] = paletteDoors(() => 'palette', (colors) => addToPalette(colors), () => app.current?.state.palette ?? []);
  const made = part('palette', 'conditions',
    make('label', { class: 'switch' }, on, make('span', { 'data-t': 'palette-on' })), row, empty,
    make('div', { class: 'doors' },
      button('palette-add', () => addToPalette([app.settings.color]), { sign: 'plus' }),
      button('palette-swatches', () => addToPalette(app.swatches), { sign: 'colors' }), open,
      button('palette-clear', () => app.current?.state.palette.length && app.current.change({ palette: [], paletteOn: false }), { sign: 'trash' }), save));
  const all = make('input', { type: 'checkbox', role: 'switch', id: 'palette-all' });
  all.addEventListener('change', () => app.set({ onePalette: all.checked }));
  app.on('settings', () => { all.checked = app.settings.onePalette; });
  made.querySelector('.inside')?.append(make('label', { class: 'switch' }, all, make('span', { 'data-t': 'palette-all' })));
  dropZone(made, async (files) => addToPalette(await colorsOf(files)));
  return made;
}
