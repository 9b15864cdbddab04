// The panel's list of what does not follow the hints: locked regions, the lasso, colors that are exchanged.

import { app } from './app.js';
import { button, make, part } from './dom.js';
import { alike } from './exchange.js';
import { clearLasso } from './lasso.js';
import { unlockAll } from './locks.js';
import { label, t } from './words.js';

/** @import { Recolored } from './types.d.ts' */

/** @param {readonly Recolored[]} recolored */
const take = (recolored) => app.current?.change({ recolored });

/**
 * @param {Recolored} one
 * @param {readonly Recolored[]} all
 */
function row(one, all) {
  const { from, to } = one;
  const old = make('span', { class: 'chip', title: from });
  old.style.setProperty('--color', from);
  const now = make('button', { type: 'button', class: 'chip', onclick: () => {
    const { color } = app.settings;
    if (!alike(color, to)) take(all.map((other) => (other === one ? { from, to: color } : other)).filter((other) => other.from !== other.to));
  } });
  now.style.setProperty('--color', to);
  label(now, t('exchange', { from, to }));
  const away = make('button', { type: 'button', class: 'away', onclick: () => take(all.filter((other) => other !== one)) }, '×');
  label(away, t('exchange-off', { from }));
  return make('span', { class: 'exchange' }, old, '→', now, away);
}

/**
 * A line of words with a button that ends what they tell.
 * @param {string} end
 * @param {() => unknown} onend
 */
function line(end, onend) {
  const words = make('span');
  return { words, row: make('div', { class: 'held' }, words, button(end, onend, { text: true, kind: 'small' })) };
}

export function heldPart() {
  const locked = line('unlock-all', unlockAll), lasso = line('lasso-clear', clearLasso);
  const list = make('div', { class: 'exchanges', id: 'exchanges' });
  const none = button('exchange-none', () => take([]), { text: true, kind: 'small' });
  const made = part('held', 'conditions', locked.row, lasso.row, list, none);
  /** @type {readonly Recolored[] | null} */
  let shown = null;
  const show = () => {
    const { state } = app.current ?? {};
    const recolored = state?.recolored ?? [];
    locked.row.hidden = !state?.locked.length;
    lasso.row.hidden = !state?.within.length;
    none.hidden = recolored.length < 2;
    locked.words.textContent = t('locked-n', { n: state?.locked.length ?? 0 });
    lasso.words.textContent = t('lasso-on');
    made.hidden = locked.row.hidden && lasso.row.hidden && !recolored.length;
    if (shown === recolored) return;
    shown = recolored;
    list.replaceChildren(...recolored.map((one) => row(one, recolored)));
  };
  app.on('state front', show);
  app.on('language', () => { shown = null; show(); });
  return made;
}
