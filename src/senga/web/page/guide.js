// The guide: what each tool and each part of the panel is for, in a sentence or two.

import { button, make } from './dom.js';
import { element } from './elements.js';
import { placeWords } from './words.js';

/**
 * Groups of the guide: words of each entry's name, and of what is said of it.
 * @type {[title: string, entries: [name: string, words: string][]][]}
 */
export const ENTRIES = [
  ['h-tools', [['g-paint', 'g-hints'], ['g-reach', 'g-reach-how'], ['fill', 'g-fill'], ['select', 'g-select'], ['recolor', 'g-recolor'],
    ['lock', 'g-lock'], ['lasso', 'g-lasso']]],
  ['coloring', [['g-modes', 'g-modes-how'], ['lighting', 'g-light'], ['ideas', 'g-ideas'], ['versions', 'g-versions'], ['g-colors', 'g-colors-how']]],
  ['h-file', [['prepare', 'g-prepare'], ['line-layer', 'g-layer'], ['export', 'g-export'], ['g-keep', 'g-keep-how']]],
];

export function openGuide() {
  const sheet = element('guide', HTMLDialogElement);
  if (!sheet.childElementCount) {
    const entry = ([name, words] = ['', '']) => [make('dt', { 'data-t': name }), make('dd', { 'data-t': words })];
    sheet.append(
      make('div', { class: 'head' }, make('h2', { id: 'guide-title', 'data-t': 'guide' }), button('close', () => sheet.close(), { sign: 'close' })),
      make('div', { class: 'groups' }, ...ENTRIES.map(([title, entries]) =>
        make('section', {}, make('h3', { 'data-t': title }), make('dl', {}, ...entries.flatMap(entry))))));
    sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
  }
  placeWords(sheet);
  if (!sheet.open) sheet.showModal();
}
