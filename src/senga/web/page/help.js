// The help sheet: what keys, pen, mouse and fingers do.

import { button, make } from './dom.js';
import { element } from './elements.js';
import { TOOLS } from './tools.js';
import { placeWords } from './words.js';

/** @type {[title: string, rows: [keys: string, words: string][]][]} */
const GROUPS = [
  ['h-tools', [...toolRows(), ['[  ]', 'k-size']]],
  ['h-color', [['X', 'k-swap'], ['S', 'swatch-add'], ['M', 'k-mode'], ['N', 'ideas-ask']]],
  ['select', [['PgDn  PgUp', 'k-next-mark'], ['← ↑ → ↓', 'k-nudge'], ['[  ]', 'width'], ['Delete', 'k-delete-mark']]],
  ['h-view', [['+  −', 'k-zoom'], ['0', 'fit'], ['1', 'k-pixels'], ['R  Shift+R', 'k-turn'], ['F', 'mirror'], ['Q', 'show-hints'], ['V', 'show-color'],
    ['W', 'show-lines'], ['\\', 'before-after']]],
  ['h-file', [['Ctrl+O', 'open'], ['Ctrl+Z', 'undo'], ['Ctrl+Shift+Z  Ctrl+Y', 'redo'], ['Ctrl+S', 'k-save'], ['Ctrl+Shift+S', 'k-save-as'], ['Ctrl+E', 'export'],
    ['Alt+PgDn  Alt+PgUp', 'k-next'], ['Alt+Shift+PgDn', 'k-move'], ['F2', 'rename'], ['← ↑ → ↓', 'k-arrows'], ['Enter', 'k-enter']]],
];
const HAND = ['k-wheel', 'k-shift', 'k-alt', 'k-touch', 'k-tap'];

const sheet = element('help', HTMLDialogElement);

/** @returns {[keys: string, words: string][]} */
function toolRows() {
  return TOOLS.map(([tool, key]) => [key, tool]);
}

export function openHelp() {
  if (!sheet.childElementCount) build();
  placeWords(sheet);
  if (!sheet.open) sheet.showModal();
}

function build() {
  const group = (/** @type {typeof GROUPS[number]} */ [title, rows]) => make('section', {}, make('h3', { 'data-t': title }), make('dl', {}, ...rows.flatMap(([keys, words]) => [
    make('dt', {}, ...keys.split('  ').map((key) => make('kbd', {}, key))), make('dd', { 'data-t': words })])));
  const away = button('close', () => sheet.close(), { sign: 'close' });
  sheet.append(make('div', { class: 'head' }, make('h2', { id: 'help-title', 'data-t': 'help' }), away),
    make('div', { class: 'groups' },
      make('section', {}, make('h3', { 'data-t': 'h-hand' }), make('ul', {}, ...HAND.map((words) => make('li', { 'data-t': words })))),
      ...GROUPS.map(group)));
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
}
