// The bar of the view: layers on and off, before and after, mirror, turn, zoom.

import { app } from './app.js';
import { toggleDivider } from './divider.js';
import { button, make, walk } from './dom.js';
import { element } from './elements.js';
import { viewed } from './pointers.js';
import { divider, fit } from './renderer.js';
import { buildTurning, mirror, toggleLayer } from './turning.js';

/** @import { Layer } from './types.d.ts' */

/** @type {[layer: Layer, words: string, sign: string][]} */
const LAYERS = [['showHints', 'show-hints', 'hints'], ['showColor', 'show-color', 'colors'], ['showLines', 'show-lines', 'lines']];

/** @param {number} factor */
export function zoom(factor) {
  app.current?.view.about(app.current.view.middle, factor);
  viewed();
}

/** One drawing px on one px of the screen. */
export function zoomToPixels() {
  if (!app.current) return;
  const { view } = app.current;
  zoom(1 / view.scale / (window.devicePixelRatio || 1));
}

export function wholeView() {
  if (!app.current) return;
  fit();
  viewed();
}

export function buildViewbar() {
  const bar = element('view', HTMLElement);
  const layers = LAYERS.map(([name, words, sign]) => button(words, () => toggleLayer(name), { sign, key: words, 'data-layer': name }));
  const compare = button('before-after', () => toggleDivider(), { sign: 'compare', key: 'before-after' });
  compare.id = 'compare';
  const flip = button('mirror', mirror, { sign: 'mirror', key: 'mirror' });
  const level = button('fit', wholeView, { kind: 'icon zoom', key: 'fit' });
  level.id = 'zoom';
  bar.append(...layers, rule(), compare, flip,
    buildTurning(), rule('wide'),
    button('zoom-out', () => zoom(1 / 1.25), { sign: 'minus', key: 'zoom-out', kind: 'icon wide' }), level,
    button('zoom-in', () => zoom(1.25), { sign: 'plus', key: 'zoom-in', kind: 'icon wide' }),
    button('fit', wholeView, { sign: 'fit', key: 'fit' }));
  const rest = walk(bar);
  const show = () => {
    layers.forEach((place, i) => place.setAttribute('aria-pressed', String(app.settings[LAYERS[i][0]])));
    compare.setAttribute('aria-pressed', String(divider.at !== null));
    flip.setAttribute('aria-pressed', String(!!app.current?.view.mirror));
    level.textContent = app.current ? `${Math.round(app.current.view.scale * (window.devicePixelRatio || 1) * 100)} %` : '';
    rest();
  };
  app.on('settings front lines view language', show);
}

const rule = (kind = '') => make('span', { class: `rule ${kind}` });
