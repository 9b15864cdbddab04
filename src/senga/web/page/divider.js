// Before and after: a divider over the drawing; left of it the lines alone, right of it what will be exported.

import { app } from './app.js';
import { element } from './elements.js';
import { divider, redraw } from './renderer.js';

const stage = element('stage', HTMLElement);
const bar = element('divider', HTMLElement);

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowUp: 0.02, Home: -1, End: 1 };

export function toggleDivider() {
  move(divider.at === null ? 0.5 : null);
  bar.hidden = divider.at === null;
  if (!bar.hidden) bar.focus({ preventScroll: true });
}

/**
 * Shows it, or hides it.
 * @param {boolean} shown
 */
export function showDivider(shown) {
  if (shown === (divider.at !== null)) return;
  move(shown ? 0.5 : null);
  bar.hidden = !shown;
}

/** @param {number | null} share from the left, or null for none */
function move(share) {
  const at = share === null ? null : Math.min(1, Math.max(0, share));
  divider.at = at;
  if (at !== null) {
    bar.style.left = `${at * 100}%`;
    bar.setAttribute('aria-valuenow', String(Math.round(at * 100)));
  }
  app.emit('view');
  redraw();
}

bar.addEventListener('pointerdown', (event) => bar.setPointerCapture(event.pointerId));
bar.addEventListener('pointermove', (event) => {
  if (!bar.hasPointerCapture(event.pointerId)) return;
  const box = stage.getBoundingClientRect();
  move((event.clientX - box.left) / box.width);
});
bar.addEventListener('keydown', (event) => {
  const step = STEPS[event.key];
  if (!step || divider.at === null) return;
  event.preventDefault();
  event.stopPropagation();
  move(divider.at + step * (event.shiftKey ? 5 : 1));
});
