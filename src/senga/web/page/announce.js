// What the page says: to screen readers, and as a short note in the corner.

import { childrenOf, element } from './elements.js';
import { ServerError } from './server.js';
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
 * Shows a note. Errors stay longer.
 * @param {string} text
 * @param {'note' | 'error'} kind
 */
export function note(text, kind = 'note') {
  announce(text);
  for (const old of childrenOf(notes)) if (old.dataset.text === text) old.remove();
  const card = document.createElement('div');
  card.className = `note ${kind}`;
  card.dataset.text = text;
  const words = document.createElement('span');
  words.textContent = text;
  const away = document.createElement('button');
  away.type = 'button';
  away.textContent = '×';
  away.setAttribute('aria-label', t('close'));
  away.addEventListener('click', () => card.remove());
  card.append(words, away);
  notes.append(card);
  while (notes.children.length > 3) notes.firstElementChild?.remove();
  setTimeout(() => card.remove(), kind === 'error' ? 12000 : 4000);
}

/**
 * Shows what went wrong in the person's words.
 * @param {unknown} error
 */
export function fail(error) {
  console.error(error);
  if (error instanceof ServerError) note(error.text(), 'error');
  else note(error instanceof Error ? error.message : String(error), 'error');
}
