// A row of buttons of which one is chosen.

import { make, walk } from './dom.js';
import { childrenOf } from './elements.js';

/** @import { Attributes } from './types.d.ts' */

/**
 * The row, and what puts a value as the chosen one.
 * @template {string} Value
 * @param {string} label of all together
 * @param {readonly Value[]} values
 * @param {(value: Value) => string} words
 * @param {(value: Value) => unknown} onuse
 * @param {Attributes & {walks?: boolean}} [more] `walks`: arrow keys walk in it, and not in a bar that it stands in
 */
export function radios(label, values, words, onuse, { walks = true, ...more } = {}) {
  const row = make('div', { class: 'choice', role: 'radiogroup', 'data-label': label, ...more },
    ...values.map((value) => make('button', { type: 'button', role: 'radio', 'data-value': value, onclick: () => onuse(value) },
      make('span', { 'data-t': words(value) }))));
  const rest = walks ? walk(row) : () => {};
  const put = (/** @type {Value} */ chosen) => {
    for (const place of childrenOf(row)) place.setAttribute('aria-checked', String(place.dataset.value === chosen));
    rest();
  };
  return { row, put };
}
