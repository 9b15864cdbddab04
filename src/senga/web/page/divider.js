// Before and after: a divider over the drawing; left of it the lines alone, right of it the colors.

import { app } from './app.js';
import { divider, redraw } from './renderer.js';

const bar = document.getElementById('divider');

export function toggleDivider() {
  move(divider.at === null ? 0.5 : null);
  bar.hidden = divider.at === null;
  if (!bar.hidden) bar.focus({ preventScroll: true });
}

function move(share) {
  divider.at = share === null ? null : Math.min(1, Math.max(0, share));
  if (share !== null) {
    bar.style.left = `${divider.at * 100}%`;
    bar.setAttribute('aria-valuenow', Math.round(divider.at * 100));
  }
  app.emit('view');
  redraw();
}

bar.addEventListener('pointerdown', (event) => bar.setPointerCapture(event.pointerId));
bar.addEventListener('pointermove', (event) => {
  if (!bar.hasPointerCapture(event.pointerId)) return;
  const box = bar.parentElement.getBoundingClientRect();
  move((event.clientX - box.left) / box.width);
});
bar.addEventListener('keydown', (event) => {
  const step = { ArrowLeft: -0.02, ArrowRight: 0.02, ArrowDown: -0.02, ArrowUp: 0.02, Home: -1, End: 1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  move(divider.at + step * (event.shiftKey ? 5 : 1));
});
