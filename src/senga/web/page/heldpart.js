// The panel's list of what does not follow the hints: locked regions, the lasso, colors that are exchanged.

import { app } from './app.js';
import { button, make, part } from './dom.js';
import { alike, exchanged, followed, putBack } from './exchange.js';
import { clearLasso } from './lasso.js';
import { unlockAll } from './locks.js';
import { label, t } from './words.js';

/** @import { Recolored } from './types.d.ts' */

/**
 * Puts colors back; hints of them too.
 * @param {readonly Recolored[]} gone
 */
function takeOut(gone) {
  const drawing = app.current;
  if (!drawing) return;
  const marks = gone.reduce(putBack, drawing.state.marks);
  drawing.change({ recolored: drawing.state.recolored.filter((one) => !gone.includes(one)), marks });
}

/**
 * Exchanges a color for the one to paint with.
 * @param {Recolored} one
 */
function exchange(one) {
  const drawing = app.current, { color } = app.settings;
  if (!drawing || alike(color, one.to)) return;
  const { recolored, marks } = drawing.state;
  drawing.change({ recolored: exchanged(recolored, one.to, color, false), marks: followed(marks, one.to, color) });
}

/** @param {Recolored} one */
function row(one) {
  const { from, to } = one;
  const old = make('span', { class: 'chip', title: from });
  old.style.setProperty('--color', from);
  const now = make('button', { type: 'button', class: 'chip', onclick: () => exchange(one) });
  now.style.setProperty('--color', to);
  label(now, t('exchange', { from, to }));
  const away = make('button', { type: 'button', class: 'away', onclick: () => takeOut([one]) }, '×');
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
  const none = button('exchange-none', () => takeOut(app.current?.state.recolored ?? []), { text: true, kind: 'small' });
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
    list.replaceChildren(...recolored.map(row));
  };
  app.on('state front', show);
  app.on('language', () => { shown = null; show(); });
  return made;
}
