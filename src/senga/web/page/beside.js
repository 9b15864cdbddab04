// Beside the drawing, where a hand is without looking: how large the brush is, and how strong its hints are, which is how
// far they reach. It can be hidden.

import { app } from './app.js';
import { button, make } from './dom.js';
import { element } from './elements.js';
import { kindOf, REACHES, reachNow, setReach } from './reaches.js';
import { readOut } from './readout.js';
import { brushWidth, pointer, redraw } from './renderer.js';
import { placeOf, sizeAt, SIZED } from './sizes.js';
import { label, t } from './words.js';

export function toggleBeside() {
  app.set({ beside: !app.settings.beside });
}

/**
 * A slider that stands upright.
 * @param {string} words
 * @param {string} id
 * @param {Record<string, number>} range
 */
function upright(words, id, range) {
  const input = make('input', { type: 'range', ...range, 'data-label': words, orient: 'vertical' });
  const value = make('output', {});
  return { input, value, place: make('div', { id }, input, value) };
}

export function buildBeside() {
  const bar = element('beside', HTMLElement);
  const size = upright('size', 'brush-size', { min: 0, max: 1, step: 0.005 });
  const reach = upright('reach', 'brush-reach', { min: 0, max: 2, step: 1 });
  const away = button('k-beside', toggleBeside, { sign: 'aside', key: 'beside' });
  away.id = 'beside-toggle';
  bar.append(size.place, reach.place, away);
  size.input.addEventListener('input', () => {
    app.set({ size: sizeAt(+size.input.value) });
    pointer.at = app.current?.view.middle ?? null; // its ring is shown in the middle of what is seen
    redraw();
  });
  size.input.addEventListener('change', () => {
    pointer.at = null;
    redraw();
  });
  reach.input.addEventListener('input', () => {
    const chosen = REACHES[+reach.input.value];
    setReach(chosen);
    readOut(t('reach-is', { reach: t(`reach-${chosen}`) }));
  });
  app.on('settings front lines state language', () => {
    const { tool, beside } = app.settings;
    const sized = SIZED.includes(tool), reaching = kindOf(tool) !== null;
    bar.hidden = !app.current || !(sized || reaching);
    bar.classList.toggle('folded', !beside);
    away.setAttribute('aria-expanded', String(beside));
    size.place.hidden = !beside || !sized;
    reach.place.hidden = !beside || !reaching;
    size.input.value = String(placeOf(app.settings.size));
    size.value.textContent = app.current ? String(Math.round(brushWidth())) : '';
    size.input.setAttribute('aria-valuetext', `${size.value.textContent} px`);
    const far = reachNow() ?? 'object', said = t(`reach-${far}`);
    reach.input.value = String(REACHES.indexOf(far));
    reach.value.textContent = said;
    reach.input.setAttribute('aria-valuetext', said);
    label(away, t(beside ? 'beside-hide' : 'beside-show'), 'beside');
  });
}
