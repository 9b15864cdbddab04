// The color to paint with: wheel, HEX, the last one, and the brush's size.

import { note } from './announce.js';
import { app } from './app.js';
import { readHex } from './color.js';
import { chip, make, part, slider, walk } from './dom.js';
import { element } from './elements.js';
import { brushWidth, pointer, redraw } from './renderer.js';
import { wheel } from './wheel.js';
import { label, t } from './words.js';

/** Tools that have a size. */
const SIZED = ['brush', 'dot', 'line', 'erase'];

/** Sizes go by a curve, so that small ones can be set finely: 0 to 1 <-> thousandths of the drawing's longest side. */
const SMALLEST = 1, LARGEST = 120;
const sizeOf = (/** @type {number} */ v) => SMALLEST * (LARGEST / SMALLEST) ** v;
const placeOf = (/** @type {number} */ size) => Math.log(size / SMALLEST) / Math.log(LARGEST / SMALLEST);

/** @param {boolean} up */
export function stepSize(up) {
  app.set({ size: Math.min(LARGEST, Math.max(SMALLEST, app.settings.size * (up ? 1.2 : 1 / 1.2))) });
}

/** The brush's size beside the drawing, where it is seen while it is set. */
export function buildSize() {
  const place = element('brush-size', HTMLElement);
  const input = make('input', { type: 'range', min: 0, max: 1, step: 0.005, 'data-label': 'size', orient: 'vertical' });
  const value = make('output', {});
  input.addEventListener('input', () => {
    app.set({ size: sizeOf(+input.value) });
    pointer.at = app.current?.view.middle ?? null; // its ring is shown in the middle of what is seen
    redraw();
  });
  input.addEventListener('change', () => {
    pointer.at = null;
    redraw();
  });
  place.append(input, value);
  app.on('settings front lines language', () => {
    place.hidden = !app.current || !SIZED.includes(app.settings.tool);
    input.value = String(placeOf(app.settings.size));
    value.textContent = app.current ? String(Math.round(brushWidth())) : '';
    input.setAttribute('aria-valuetext', `${value.textContent} px`);
  });
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
    label(last, t('last', { color: before }), 'X');
    if (document.activeElement !== hex || readHex(hex.value) !== color) hex.value = color;
    hex.setAttribute('aria-invalid', 'false');
    size.put(placeOf(app.settings.size));
    showUsed();
    document.documentElement.style.setProperty('--now', color);
  };
  app.on('settings front lines language', show);
  app.on('language', () => { seen = null; showUsed(); });

  return part('color', 'color', disc.element,
    make('div', { class: 'color-row' }, make('div', { class: 'pair' }, now, last), make('label', { class: 'hex' }, make('span', { 'data-t': 'hex' }), hex)),
    used, size.row);
}
