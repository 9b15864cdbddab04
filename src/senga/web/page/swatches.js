// The person's saved colors, for all drawings.

import { announce } from './announce.js';
import { app } from './app.js';
import { button, chip, make, part, walk } from './dom.js';
import { childrenOf } from './elements.js';
import { colorsOf, dropZone, paletteDoors } from './palettes.js';
import { t } from './words.js';

export function saveSwatch() {
  app.addSwatches([app.settings.color]);
  announce(app.settings.color);
}

export function swatchPart() {
  const row = make('div', { class: 'chips', role: 'group', 'data-label': 'swatches', id: 'swatches' });
  const rest = walk(row);
  const remove = (/** @type {string} */ color) => {
    app.set({ swatches: app.settings.swatches.filter((c) => c !== color) });
    announce(t('swatch-gone', { color }));
  };
  /** @type {string[] | null} */
  let shown = null;
  const show = () => {
    const { swatches, color } = app.settings;
    if (shown !== swatches) {
      shown = swatches;
      row.replaceChildren(...swatches.map((c) => chip(c, t('swatch-use', { color: c }), (used) => app.setColor(used), remove)));
      rest();
    }
    for (const place of childrenOf(row)) place.setAttribute('aria-pressed', String(place.dataset.color === color));
  };
  app.on('settings', show);
  app.on('language', () => { shown = null; show(); });
  const add = button('swatch-add', saveSwatch, { sign: 'plus', key: 'swatch-add' });
  const made = part('swatches', 'color', row,
    make('div', { class: 'doors' }, add, ...paletteDoors('swatches', (colors) => app.addSwatches(colors), () => app.settings.swatches)));
  dropZone(made, async (files) => app.addSwatches(await colorsOf(files)));
  return made;
}
