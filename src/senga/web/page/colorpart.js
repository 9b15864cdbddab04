// The color to paint with: wheel, HEX, the last one, and the brush's size.

import { note } from './announce.js';
import { app } from './app.js';
import { readHex } from './color.js';
import { make, part, slider } from './dom.js';
import { brushWidth } from './renderer.js';
import { wheel } from './wheel.js';
import { label, t } from './words.js';

/** Sizes go by a curve, so that small ones can be set finely: 0 to 1 <-> thousandths of the drawing's longest side. */
const SMALLEST = 1, LARGEST = 120;
const sizeOf = (/** @type {number} */ v) => SMALLEST * (LARGEST / SMALLEST) ** v;
const placeOf = (/** @type {number} */ size) => Math.log(size / SMALLEST) / Math.log(LARGEST / SMALLEST);

/** @param {boolean} up */
export function stepSize(up) {
  app.set({ size: Math.min(LARGEST, Math.max(SMALLEST, app.settings.size * (up ? 1.2 : 1 / 1.2))) });
}

export function swapColors() {
  app.setColor(app.settings.before);
}

export function colorPart() {
  /** @type {string | null} */
  let start = null;
  const disc = wheel((color, done) => {
    start ??= app.settings.color;
    app.set({ color });
    if (!done) return;
    if (start !== color) app.set({ before: start });
    start = null;
  });
  const now = make('span', { class: 'now', role: 'img' });
  const last = make('button', { type: 'button', class: 'last', onclick: swapColors });
  const hex = make('input', { id: 'hex', type: 'text', maxlength: 9, spellcheck: 'false', autocomplete: 'off', 'data-label': 'hex' });
  const size = slider('size', {
    step: 0.005, oninput: (v) => app.set({ size: sizeOf(v) }), show: () => (app.current ? `${Math.round(brushWidth())} px` : ''),
  });

  const readBox = () => {
    const color = readHex(hex.value);
    hex.setAttribute('aria-invalid', String(!color));
    if (color) app.setColor(color);
    else note(t('hex-bad'), 'error');
  };
  hex.addEventListener('change', readBox);
  hex.addEventListener('focus', () => hex.select());

  const show = () => {
    const { color, before } = app.settings;
    disc.show(color);
    now.style.setProperty('--color', color);
    now.setAttribute('aria-label', t('now', { color }));
    last.style.setProperty('--color', before);
    label(last, t('last', { color: before }), 'X');
    if (document.activeElement !== hex || readHex(hex.value) !== color) hex.value = color;
    hex.setAttribute('aria-invalid', 'false');
    size.put(placeOf(app.settings.size));
    document.documentElement.style.setProperty('--now', color);
  };
  app.on('settings front lines language', show);

  return part('color', 'color', disc.element,
    make('div', { class: 'color-row' }, make('div', { class: 'pair' }, now, last), make('label', { class: 'hex' }, make('span', { 'data-t': 'hex' }), hex)),
    size.row);
}
