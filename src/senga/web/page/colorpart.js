// The color to paint with: wheel, HEX, the last one; the brush's size, and how steady its hand is.

import { note } from './announce.js';
import { app } from './app.js';
import { readHex } from './color.js';
import { chip, make, part, slider, walk } from './dom.js';
import { brushWidth } from './renderer.js';
import { placeOf, sizeAt } from './sizes.js';
import { wheel } from './wheel.js';
import { label, t } from './words.js';

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
    step: 0.005, oninput: (v) => app.set({ size: sizeAt(v) }), show: () => (app.current ? `${Math.round(brushWidth())} px` : ''),
  });

  const smoothing = slider('smoothing', { step: 0.05, oninput: (v) => app.set({ smoothing: v }) });

  const used = make('div', { class: 'chips', role: 'group', 'data-label': 'used', id: 'used' });
  const rest = walk(used);
  /** @type {string[] | null} */
  let seen = null;
  const showUsed = () => {
    if (seen === app.settings.used) return;
    seen = app.settings.used;
    used.replaceChildren(...seen.map((c) => chip(c, t('used-again', { color: c }), (again) => app.setColor(again))));
    rest();
  };

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
    label(last, t('last', { color: before }), 'swap');
    if (document.activeElement !== hex || readHex(hex.value) !== color) hex.value = color;
    hex.setAttribute('aria-invalid', 'false');
    size.put(placeOf(app.settings.size));
    smoothing.put(app.settings.smoothing);
    showUsed();
    document.documentElement.style.setProperty('--now', color);
  };
  app.on('settings front lines language', show);
  app.on('language', () => { seen = null; showUsed(); });

  return part('color', 'color', disc.element,
    make('div', { class: 'color-row' }, make('div', { class: 'pair' }, now, last), make('label', { class: 'hex' }, make('span', { 'data-t': 'hex' }), hex)),
    used, size.row, smoothing.row);
}
