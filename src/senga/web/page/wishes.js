// What is wished for besides hints: painted or flat, colored lines, a palette to color with.

import { app } from './app.js';
import { button, chip, make, part, slider, walk } from './dom.js';
import { colorsOf, dropZone, paletteDoors } from './palettes.js';
import { t } from './words.js';

const MOST = 256; // colors of a palette that can be used

export function switchMode() {
  const drawing = app.current;
  drawing?.change({ mode: drawing.state.mode === 'flat' ? 'paint' : 'flat' });
}

export function coloringPart() {
  const modes = make('div', { class: 'choice', role: 'radiogroup', 'data-label': 'mode', id: 'mode' },
    ...['paint', 'flat'].map((mode) => make('button', {
      type: 'button', role: 'radio', 'data-mode': mode, onclick: () => app.current?.state.mode !== mode && app.current?.change({ mode }),
    }, make('span', { 'data-t': mode }))));
  const rest = walk(modes);
  const tint = slider('tint', {
    step: 0.05, oninput: (v) => app.current?.change({ tint: v }, 'tint'), onchange: () => app.current?.history.rest(),
  });
  app.hear('state front language', () => {
    const { mode, tint: value } = app.current?.state ?? { mode: 'paint', tint: 0 };
    for (const place of modes.children) place.setAttribute('aria-checked', String(place.dataset.mode === mode));
    rest();
    tint.put(value);
  });
  return part('coloring', 'wishes', modes, tint.row);
}

/** Puts colors into the front drawing's palette and colors with them. */
export function addToPalette(colors, instead = false, fromIdea = false) {
  const drawing = app.current;
  if (!drawing || !colors.length) return;
  const palette = [...new Set([...(instead ? [] : drawing.state.palette), ...colors])].slice(0, MOST);
  drawing.change({ palette, paletteOn: true, fromIdea });
}

export function palettePart() {
  const on = make('input', { type: 'checkbox', role: 'switch', id: 'palette-on' });
  on.addEventListener('change', () => {
    const drawing = app.current;
    if (!drawing) return;
    if (on.checked && !drawing.state.palette.length) addToPalette(app.settings.swatches);
    else drawing.change({ paletteOn: on.checked });
  });
  const row = make('div', { class: 'chips', role: 'group', 'data-label': 'palette', id: 'palette' });
  const rest = walk(row);
  const empty = make('p', { class: 'small', 'data-t': 'palette-empty' });
  const remove = (color) => {
    const palette = app.current.state.palette.filter((c) => c !== color);
    app.current.change({ palette, paletteOn: app.current.state.paletteOn && palette.length > 0 });
  };
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
  app.hear('state front', show);
  app.hear('language', () => { shown = null; show(); });
  const [open, save] = paletteDoors('palette', (colors) => addToPalette(colors), () => app.current?.state.palette ?? []);
  const made = part('palette', 'wishes',
    make('label', { class: 'switch' }, on, make('span', { 'data-t': 'palette-on' })), row, empty,
    make('div', { class: 'doors' },
      button('palette-add', () => addToPalette([app.settings.color]), { sign: 'plus' }),
      button('palette-swatches', () => addToPalette(app.settings.swatches), { sign: 'colors' }), open,
      button('palette-clear', () => app.current?.state.palette.length && app.current.change({ palette: [], paletteOn: false }), { sign: 'trash' }), save));
  dropZone(made, async (files) => addToPalette(await colorsOf(files)));
  return made;
}
