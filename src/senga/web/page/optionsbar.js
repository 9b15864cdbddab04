// The bar over the drawing: what the tool in the hand can be told.

import { app } from './app.js';
import { button, make, slider, walk } from './dom.js';
import { element } from './elements.js';
import { clearLasso } from './lasso.js';
import { unlockAll } from './locks.js';
import { radios } from './radios.js';
import { REACHES, reachNow, setReach } from './reaches.js';
import { removeSelected, restSelected, selectedMark, widenSelected } from './selecting.js';
import { t } from './words.js';

/** @import { Tool } from './types.d.ts' */

/** How boldly open lines are closed; it is asked for when it is let go: regions are found anew. */
export function gapSlider() {
  const gap = slider('gap', {
    max: 8, step: 0.5, show: (v) => String(v), oninput: () => {},
    onchange: (v) => { if (app.current && app.current.state.gap !== v) app.current.change({ gap: v }); },
  });
  gap.row.classList.add('gap-slider');
  app.on('state front language', () => {
    gap.put(app.current?.state.gap ?? 1);
    gap.input.disabled = !app.current;
  });
  return gap.row;
}

/** How far the selected hint reaches; that of new ones is set beside the drawing. */
function reachGroup() {
  const reach = radios('reach', REACHES, (value) => `reach-${value}`, setReach, { walks: false });
  const group = make('div', { class: 'group' }, make('span', { class: 'words', 'data-t': 'reach' }), reach.row);
  const show = () => {
    group.hidden = !selectedMark();
    reach.put(reachNow() ?? 'object');
  };
  return { group, show };
}

function gapGroup() {
  const group = make('div', { class: 'group' }, gapSlider());
  return { group, show: () => { group.hidden = app.settings.tool !== 'fill'; } };
}

/** The selected mark's width, and its end. */
function markGroup() {
  const how = make('span', { class: 'words', 'data-t': 'select-how' });
  const width = slider('width', {
    min: 0, max: 1, step: 0.005, show: () => '', oninput: (v) => widenSelected(widthOf(v)), onchange: restSelected,
  });
  const away = button('mark-delete', removeSelected, { sign: 'trash' });
  away.id = 'mark-delete';
  const group = make('div', { class: 'group' }, how, away, width.row);
  const largest = () => Math.max(8, Math.max(app.current?.width ?? 0, app.current?.height ?? 0) * 0.15);
  const widthOf = (/** @type {number} */ v) => largest() ** v;
  const show = () => {
    const mark = selectedMark();
    group.hidden = app.settings.tool !== 'select';
    how.hidden = mark !== null;
    width.row.hidden = !mark || mark.kind === 'fill';
    away.hidden = !mark;
    if (mark && mark.kind !== 'fill') {
      width.put(Math.log(Math.max(1, mark.width)) / Math.log(largest()));
      width.row.lastElementChild?.replaceChildren(`${Math.round(mark.width)} px`);
    }
  };
  return { group, show };
}

function recolorGroup() {
  const values = /** @type {const} */ (['all', 'region']);
  const all = radios('recolor', values, (value) => `recolor-${value}`, (value) => app.set({ recolorAll: value === 'all' }), { walks: false });
  const group = make('div', { class: 'group' }, all.row);
  return { group, show: () => { group.hidden = app.settings.tool !== 'recolor'; all.put(app.settings.recolorAll ? 'all' : 'region'); } };
}

/**
 * What is locked, or the lasso, in words, and what ends it.
 * @param {Tool} tool
 * @param {string} end
 * @param {() => unknown} onend
 * @param {() => string | null} words null where there is none
 * @param {string} how
 */
function heldGroup(tool, end, onend, words, how) {
  const sign = make('span', { class: 'words' });
  const away = button(end, onend, { text: true, kind: 'small' });
  const group = make('div', { class: 'group', 'data-of': tool }, sign, away);
  const show = () => {
    const said = words();
    group.hidden = app.settings.tool !== tool;
    sign.textContent = said ?? t(how);
    away.hidden = said === null;
  };
  return { group, show };
}

export function buildOptions() {
  const bar = element('options', HTMLElement);
  const lockedWords = () => { const n = app.current?.state.locked.length; return n ? t('locked-n', { n }) : null; };
  const lassoWords = () => (app.current?.state.within.length ? t('lasso-on') : null);
  const groups = [markGroup(), reachGroup(), gapGroup(), recolorGroup(),
    heldGroup('lock', 'unlock-all', unlockAll, lockedWords, 'lock-how'), heldGroup('lasso', 'lasso-clear', clearLasso, lassoWords, 'lasso-how')];
  bar.append(...groups.map(({ group }) => group));
  const rest = walk(bar);
  app.on('settings state front view lines language', () => {
    for (const { show } of groups) show();
    bar.hidden = !app.current?.lines || groups.every(({ group }) => group.hidden);
    rest();
  });
}
