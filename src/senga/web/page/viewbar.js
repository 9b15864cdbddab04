// The bar of the view: layers on and off, before and after, mirror, turn, zoom.

import { app } from './app.js';
import { toggleDivider } from './divider.js';
import { button, make, walk } from './dom.js';
import { element } from './elements.js';
import { viewed } from './pointers.js';
import { divider, fit } from './renderer.js';

/** @import { Layer } from './types.d.ts' */

const STEP = Math.PI / 12;

/** @type {[layer: Layer, words: string, sign: string, key: string][]} */
const LAYERS = [['showHints', 'show-hints', 'hints', 'Q'], ['showColor', 'show-color', 'colors', 'V'], ['showLines', 'show-lines', 'lines', 'W']];

export const toggleLayer = (/** @type {Layer} */ name) => app.set({ [name]: !app.settings[name] });

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

/** @param {1 | -1} direction */
export function turn(direction) {
  app.current?.view.about(app.current.view.middle, 1, direction * STEP);
  viewed();
}

export function mirror() {
  if (!app.current) return;
  const { view } = app.current;
  view.mirror = !view.mirror;
  view.angle = -view.angle;
  viewed();
}

export function wholeView() {
  if (!app.current) return;
  fit();
  viewed();
}

export function buildViewbar() {
  const bar = element('view', HTMLElement);
  const layers = LAYERS.map(([name, words, sign, key]) => button(words, () => toggleLayer(name), { sign, key, 'data-layer': name }));
  const compare = button('before-after', () => toggleDivider(), { sign: 'compare', key: '\\' });
  compare.id = 'compare';
  const flip = button('mirror', mirror, { sign: 'mirror', key: 'F' });
  const level = button('fit', wholeView, { kind: 'icon zoom', key: '0' });
  level.id = 'zoom';
  bar.append(...layers, rule(), compare, flip,
    button('turn-left', () => turn(-1), { sign: 'left', key: 'Shift+R', kind: 'icon wide' }),
    button('turn-right', () => turn(1), { sign: 'right', key: 'R', kind: 'icon wide' }),
    rule('wide'),
    button('zoom-out', () => zoom(1 / 1.25), { sign: 'minus', key: '-', kind: 'icon wide' }), level,
    button('zoom-in', () => zoom(1.25), { sign: 'plus', key: '+', kind: 'icon wide' }),
    button('fit', wholeView, { sign: 'fit', key: '0' }));
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
