// On narrow windows the panel comes up as a sheet, for color or for conditions.

import { element, elements } from './elements.js';
import { t } from './words.js';

const panel = element('panel', HTMLElement);
const title = element('sheet-title', HTMLElement);
/** @type {Record<string, string>} */
const buttons = { color: 'color-sheet', conditions: 'conditions-sheet' };

export const isNarrow = () => window.matchMedia('(width < 760px)').matches;

export function closeSheet() {
  if (!panel.classList.contains('shown')) return false;
  panel.classList.remove('shown');
  document.getElementById(buttons[panel.dataset.sheet ?? ''])?.focus();
  mark();
  return true;
}

/** @param {'color' | 'conditions'} name */
export function toggleSheet(name) {
  if (panel.classList.contains('shown') && panel.dataset.sheet === name) return closeSheet();
  panel.dataset.sheet = name;
  panel.classList.add('shown');
  title.textContent = t(name === 'color' ? 'color' : 'more');
  panel.scrollTop = 0;
  const [first] = elements(panel, 'summary, button');
  first?.focus({ preventScroll: true });
  mark();
  return true;
}

function mark() {
  for (const [name, id] of Object.entries(buttons)) {
    const open = panel.classList.contains('shown') && panel.dataset.sheet === name;
    document.getElementById(id)?.setAttribute('aria-expanded', String(open));
  }
}

element('sheet-close', HTMLButtonElement).addEventListener('click', closeSheet);
element('stage', HTMLElement).addEventListener('pointerdown', () => isNarrow() && closeSheet(), { capture: true });
