// Small pieces of the page's tree.

import { app } from './app.js';
import { childrenOf, element } from './elements.js';
import { icon } from './icons.js';

/** @import { Attributes } from './types.d.ts' */

/**
 * An element with attributes (functions listen: `onclick`) and children.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Attributes} attributes
 * @param {...(Node | string)} children
 */
export function make(tag, attributes = {}, ...children) {
  const place = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') place.addEventListener(name.slice(2), value);
    else if (value === true) place.setAttribute(name, '');
    else if (value !== false && value !== null && value !== undefined) place.setAttribute(name, String(value));
  }
  if (attributes['data-icon']) place.append(icon(String(attributes['data-icon'])));
  place.append(...children);
  return place;
}

/**
 * A button; `label` is a key of words, shown with `text`, else named only.
 * @param {string} label
 * @param {(event: Event) => unknown} onclick
 * @param {Attributes & {sign?: string | null, text?: boolean, key?: string, kind?: string}} options
 */
export function button(label, onclick, { sign = null, text = false, key = '', kind = 'icon', ...more } = {}) {
  const words = text ? make('span', { 'data-t': label }) : null;
  const named = text ? {} : { 'data-label': label, 'data-key': key };
  return make('button', { type: 'button', class: kind, 'data-icon': sign, ...named, onclick, ...more }, ...(words ? [words] : []));
}

/**
 * A part of the panel that folds; it stays as the person left it.
 * @param {string} name
 * @param {'color' | 'conditions'} sheet
 * @param {...Node} children
 */
export function part(name, sheet, ...children) {
  const folded = app.settings.folded?.includes(name);
  const details = make('details', { class: 'part', 'data-part': name, 'data-sheet': sheet, open: !folded },
    make('summary', {}, make('h2', { 'data-t': name })), make('div', { class: 'inside' }, ...children));
  details.addEventListener('toggle', () => {
    const others = (app.settings.folded ?? []).filter((n) => n !== name);
    app.set({ folded: details.open ? others : [...others, name] });
  });
  return details;
}

/**
 * A slider with its words in front and its value behind.
 * @param {string} label
 * @param {{
 *   oninput: (value: number) => unknown, onchange?: (value: number) => unknown, show?: (value: number) => string,
 *   min?: number, max?: number, step?: number,
 * }} options
 */
export function slider(label, { oninput, onchange = () => {}, show = (v) => `${Math.round(v * 100)} %`, min = 0, max = 1, step = 0.01 }) {
  const input = make('input', { type: 'range', min, max, step, 'data-label': label });
  const value = make('output', {});
  const put = (/** @type {number} */ v) => {
    input.value = String(v);
    value.textContent = show(v);
    input.setAttribute('aria-valuetext', value.textContent);
  };
  let held = false; // a key repeats: what it does until it is let go is one change
  input.addEventListener('input', () => { put(+input.value); oninput(+input.value); });
  input.addEventListener('change', () => held || onchange(+input.value));
  input.addEventListener('keydown', () => { held = true; });
  for (const type of ['keyup', 'blur']) {
    input.addEventListener(type, () => {
      if (held) onchange(+input.value);
      held = false;
    });
  }
  return { row: make('label', { class: 'slider' }, make('span', { 'data-t': label }), input, value), put, input };
}

/**
 * A picture that is shown from a blob.
 * @param {Blob | null} blob
 */
export function pictured(blob) {
  const place = make('img', { alt: '', draggable: 'false' });
  if (!blob) return place;
  const address = URL.createObjectURL(blob);
  for (const end of ['load', 'error']) place.addEventListener(end, () => URL.revokeObjectURL(address));
  place.src = address;
  return place;
}

/**
 * A color as a button. Delete removes it where `onremove` is given; a long press or right click too.
 * @param {string} color
 * @param {string} words
 * @param {(color: string) => unknown} onuse
 * @param {(color: string) => unknown} [onremove]
 */
export function chip(color, words, onuse, onremove) {
  const place = make('button', { type: 'button', class: 'chip', 'aria-label': words, title: words, 'data-color': color });
  place.style.setProperty('--color', color);
  place.addEventListener('click', () => onuse(color));
  if (onremove) {
    place.addEventListener('keydown', (event) => {
      if (event.key !== 'Delete' && event.key !== 'Backspace') return;
      event.preventDefault();
      const row = place.parentElement;
      const at = row ? childrenOf(row).indexOf(place) : -1;
      onremove(color);
      const left = row ? childrenOf(row) : [];
      left[Math.min(at, left.length - 1)]?.focus();
    });
    place.addEventListener('contextmenu', (event) => {
      event.preventDefault();
      onremove(color);
    });
  }
  return place;
}

/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1, Home: -Infinity, End: Infinity };

/**
 * Arrow keys walk among the buttons of a row; Tab reaches the row once.
 * @param {HTMLElement} row
 */
export function walk(row, selector = 'button') {
  const all = () => [...row.querySelectorAll(selector)].filter((b) => b instanceof HTMLButtonElement)
    .filter((b) => !b.disabled && b.offsetParent !== null);
  const rest = () => {
    const buttons = all();
    const active = buttons.find((b) => b === document.activeElement)
      ?? buttons.find((b) => b.matches('[aria-pressed="true"], [aria-selected="true"], [aria-checked="true"]')) ?? buttons[0];
    for (const b of buttons) b.tabIndex = b === active ? 0 : -1;
  };
  row.addEventListener('keydown', (event) => {
    const step = STEPS[event.key];
    const buttons = all(), at = buttons.findIndex((b) => b === document.activeElement);
    if (!step || at < 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = step === -Infinity ? 0 : step === Infinity ? buttons.length - 1 : (at + step + buttons.length) % buttons.length;
    buttons[to].focus();
    rest();
  });
  row.addEventListener('focusin', rest);
  return rest;
}

/**
 * Asks for files.
 * @returns {Promise<File[]>}
 */
export function askFiles({ accept = '', multiple = false } = {}) {
  return new Promise((resolve) => {
    const input = element('file', HTMLInputElement);
    input.value = '';
    input.accept = accept;
    input.multiple = multiple;
    input.onchange = () => resolve([...input.files ?? []]);
    input.oncancel = () => resolve([]);
    input.click();
  });
}

/**
 * Saves a blob as a file.
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const link = make('a', { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
