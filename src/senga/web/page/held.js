// Keys that are held down while the pointer works: they lend it another tool.

import { within } from './elements.js';
import { chordOf, workOf } from './keys.js';
import { sheet } from './renderer.js';

/** @import { Held } from './types.d.ts' */

/** @type {Record<string, Held>} */
const TOOLS = { 'hold-hand': 'hand', 'hold-turn': 'turn' };

/** @type {{key: string, code: string} | null} */
let down = null;

/**
 * The tool that a held key lends, with the modifiers of an event; null where none is held.
 * @param {{ctrlKey: boolean, metaKey: boolean, altKey: boolean, shiftKey: boolean}} event
 * @returns {Held | null}
 */
export function heldTool({ ctrlKey, metaKey, altKey, shiftKey }) {
  if (!down) return null;
  const { key, code } = down;
  for (const more of [{ ctrlKey, metaKey, altKey, shiftKey }, {}]) {
    const chord = chordOf({ key, code, ...more });
    const tool = chord === null ? undefined : TOOLS[workOf(chord) ?? ''];
    if (tool) return tool;
  }
  return null;
}

window.addEventListener('keydown', (event) => {
  const chord = chordOf(event);
  if (chord === null || document.querySelector('dialog[open]') || within(event, 'input, select, textarea, button, summary, dialog')) return;
  if (!TOOLS[workOf(chord) ?? '']) return;
  event.preventDefault();
  down = { key: event.key, code: event.code };
  sheet.classList.add('moving');
});

function release() {
  down = null;
  sheet.classList.remove('moving');
}

window.addEventListener('keyup', (event) => { if (down && event.code === down.code) release(); });
window.addEventListener('blur', release);
