// Keys of a selected mark: they go to it before they mean anything else.

import { app } from './app.js';
import { within } from './elements.js';
import { chordOf, workOf } from './keys.js';
import { dropCorners } from './lasso.js';
import { sheet } from './renderer.js';
import { nudgeSelected, removeSelected, restSelected, select, selectedMark, selectNext, widenSelected } from './selecting.js';

/** @import { Point } from './types.d.ts' */

const FAR = 10; // drawing px of a nudge with Shift
const WIDER = 1.15;

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/**
 * Which of the brush's sizing keys it is, if any.
 * @param {KeyboardEvent} event
 */
function sizing(event) {
  const chord = chordOf(event), work = chord && workOf(chord);
  return work === 'smaller' || work === 'larger' ? work : null;
}

/**
 * Does what a key means to the selected mark; answers whether it means anything.
 * @param {KeyboardEvent} event
 */
function used(event) {
  const mark = selectedMark();
  if (event.key === 'Escape' && dropCorners()) return true;
  const onSheet = event.target === sheet;
  if (onSheet && app.settings.tool === 'select' && (event.key === 'PageDown' || event.key === 'PageUp')) {
    selectNext(event.key === 'PageDown' ? 1 : -1);
    return true;
  }
  if (!mark || !app.current) return false;
  if (event.key === 'Delete' || event.key === 'Backspace') removeSelected();
  else if (event.key === 'Escape') select(app.current, -1);
  else if (sizing(event)) {
    if (mark.kind !== 'fill') widenSelected(sizing(event) === 'larger' ? mark.width * WIDER : mark.width / WIDER);
  } else if (onSheet && ARROWS[event.key]) {
    const [x, y] = ARROWS[event.key], far = event.shiftKey ? FAR : 1;
    nudgeSelected(x * far, y * far);
  } else return false;
  return true;
}

window.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || document.querySelector('dialog[open], :popover-open')) return;
  const busy = event.key === 'Escape' ? 'select' : 'input, textarea, select, .chip, #tabs, #recents';
  if (within(event, busy) || !used(event)) return;
  event.preventDefault();
  event.stopPropagation();
}, { capture: true });
window.addEventListener('keyup', (event) => { if (sizing(event)) restSelected(); });
