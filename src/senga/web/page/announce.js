// What the page says: to screen readers, and as a short note in the corner.

import { t } from './words.js';

const live = document.getElementById('live');
const notes = document.getElementById('notes');

/** Tells screen readers only. */
export function announce(text) {
  live.textContent = '';
  requestAnimationFrame(() => { live.textContent = text; });
}

/** Shows a note; `kind` is 'note' or 'error'. Errors stay longer and can be sent away. */
export function note(text, kind = 'note') {
  announce(text);
  for (const old of notes.children) if (old.dataset.text === text) old.remove();
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
  while (notes.children.length > 3) notes.firstChild.remove();
  setTimeout(() => card.remove(), kind === 'error' ? 12000 : 4000);
}

/** Shows an error of any kind in the person's words. */
export function fail(error) {
  console.error(error);
  note(error.text?.() ?? error.message ?? String(error), 'error');
}
