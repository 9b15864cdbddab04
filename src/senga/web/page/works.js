// Works that take their time: after a second they are seen, with how far they are where that is known, and a way out.

import { button, make } from './dom.js';
import { element } from './elements.js';
import { label } from './words.js';

const SEEN = 1000; // ms after which a work is shown

const place = element('works', HTMLElement);

/**
 * Whether a work was ended by who asked for it: nothing went wrong then.
 * @param {unknown} error
 */
export const isCancelled = (error) => error instanceof DOMException && error.name === 'AbortError';

/**
 * The result of a work, which can be cancelled while it goes on; throws an AbortError then, at once.
 * @template Result
 * @param {string} words what it is
 * @param {(signal: AbortSignal, tell: (share: number) => void) => Promise<Result>} work `tell` hears 0 to 1; 1 once
 *   what is left cannot be told
 * @param {number} seen ms after which it is shown
 * @returns {Promise<Result>}
 */
export async function carry(words, work, seen = SEEN) {
  const way = new AbortController();
  const bar = make('progress', { max: 1 });
  const title = make('span', {}, words);
  const out = button('cancel', () => way.abort(), { text: true, kind: 'small' });
  const row = make('div', { class: 'work' }, title, bar, out);
  label(bar, words);
  const timer = setTimeout(() => place.append(row), seen);
  const tell = (/** @type {number} */ share) => {
    if (share < 1) bar.value = share;
    else bar.removeAttribute('value');
  };
  try {
    const ended = new Promise((_, reject) => { way.signal.addEventListener('abort', () => reject(way.signal.reason)); });
    return await Promise.race([work(way.signal, tell), /** @type {Promise<never>} */ (ended)]);
  } finally {
    clearTimeout(timer);
    row.remove();
  }
}
