// What the page says: to screen readers, and as a short note in the corner.

import { told } from './complaints.js';
import { childrenOf, element } from './elements.js';
import { t } from './words.js';

const live = element('live', HTMLElement);
const notes = element('notes', HTMLElement);

/**
 * Tells screen readers only.
 * @param {string} text
 */
export function announce(text) {
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}

/**
 * Shows a note. Errors stay longer; `detail` is folded, and in English as it came; `action` is a button.
 * @param {string} text
 * @param {'note' | 'error'} kind
 * @param {string} detail
 * @param {{words: string, work: () => unknown} | null} action
 */
export function note(text, kind = 'note', detail = '', action = null) {
  announce(text);
  for (const old of childrenOf(notes)) if (old.dataset.text === text) old.remove();
  const card = document.createElement('div');
  card.className = `note ${kind}`;
  card.dataset.text = text;
  const words = document.createElement('span');
  words.textContent = text;
  if (detail) words.append(folded(detail));
  const away = document.createElement('button');
  away.type = 'button';
  away.textContent = '×';
  away.setAttribute('aria-label', t('close'));
  away.addEventListener('click', () => card.remove());
  card.append(words);
  if (action) card.append(acting(action, card));
  card.append(away);
  notes.append(card);
  while (notes.children.length > 3) notes.firstElementChild?.remove();
  setTimeout(() => card.remove(), kind === 'error' || action ? 12000 : 4000);
}

/**
 * @param {{words: string, work: () => unknown}} action
 * @param {HTMLElement} card
 */
function acting({ words, work }, card) {
  const place = document.createElement('button');
  place.type = 'button';
  place.className = 'act';
  place.textContent = words;
  place.addEventListener('click', () => {
    card.remove();
    work();
  });
  return place;
}

/** @param {string} detail */
function folded(detail) {
  const place = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = t('details');
  place.lang = 'en';
  place.append(summary, detail);
  return place;
}

/**
 * Shows what went wrong in the person's words.
 * @param {unknown} error
 * @param {string} name of the file that it is about
 */
export function fail(error, name = '') {
  console.error(error);
  const { words, detail } = told(error, name);
  note(words, 'error', detail);
}
