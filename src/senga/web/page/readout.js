// A number over the drawing, while a hand changes it.

import { element } from './elements.js';

const STAYS = 900; // ms

const place = element('readout', HTMLElement);
/** @type {number | undefined} */
let later;

/** @param {string} words */
export function readOut(words) {
  place.textContent = words;
  place.hidden = false;
  clearTimeout(later);
  later = setTimeout(() => { place.hidden = true; }, STAYS);
}
