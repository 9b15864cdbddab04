// Keyboard: short cuts everywhere but in boxes, and a pointer for arrow keys on the drawing.

import { announce } from './announce.js';
import { app } from './app.js';
import { stepSize, swapColors } from './colorpart.js';
import { switchMode } from './conditions.js';
import { toggleDivider } from './divider.js';
import { within } from './elements.js';
import { openExports, saveProject, saveProjectAs } from './exporting.js';
import { openHelp } from './help.js';
import { askIdeas } from './ideas.js';
import { chooseFiles } from './opening.js';
import { pointer, redraw, sheet } from './renderer.js';
import { closeSheet } from './sheets.js';
import { saveSwatch } from './swatches.js';
import { moveDrawing, nextDrawing, rename } from './tabs.js';
import { chooseTool } from './toolbar.js';
import { TOOLS } from './tools.js';
import { begin } from './toolwork.js';
import { mirror, toggleLayer, turn, wholeView, zoom, zoomToPixels } from './viewbar.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Point } from './types.d.ts' */

export function undo() {
  if (app.current?.undo()) announce(t('undo'));
}

export function redo() {
  if (app.current?.redo()) announce(t('redo'));
}

/** @type {Record<string, (event: KeyboardEvent) => unknown>} */
const WITH_CONTROL = {
  z: (event) => (event.shiftKey ? redo() : undo()),
  y: redo,
  o: chooseFiles,
  s: (event) => (event.shiftKey ? saveProjectAs() : saveProject()),
  e: openExports,
};

/**
 * Of a drawing: nothing happens without one.
 * @type {Record<string, (event: KeyboardEvent) => unknown>}
 */
const PLAIN = {
  '[': () => stepSize(false),
  ']': () => stepSize(true),
  x: swapColors,
  s: saveSwatch,
  m: switchMode,
  n: askIdeas,
  0: wholeView,
  1: zoomToPixels,
  '+': () => zoom(1.25),
  '=': () => zoom(1.25),
  '-': () => zoom(1 / 1.25),
  r: (event) => turn(event.shiftKey ? -1 : 1),
  f: mirror,
  q: () => toggleLayer('showHints'),
  w: () => toggleLayer('showLines'),
  v: () => toggleLayer('showColor'),
  '\\': toggleDivider,
};
for (const [tool, key] of TOOLS) PLAIN[key.toLowerCase()] = () => chooseTool(tool);

window.addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]')) return;
  if (event.key === 'F2' && app.current) rename(app.current);
  const typing = within(event, 'input:not([type=range], [type=checkbox]), textarea, select');
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  if (event.ctrlKey || event.metaKey) {
    const work = WITH_CONTROL[key];
    if (!work || (typing && 'zy'.includes(key))) return;
    event.preventDefault();
    work(event);
    return;
  }
  if (event.altKey) {
    if (event.key === 'PageDown' || event.key === 'PageUp') {
      event.preventDefault();
      (event.shiftKey ? moveDrawing : nextDrawing)(event.key === 'PageDown' ? 1 : -1);
    }
    return;
  }
  if (typing) return;
  if (key === 'Escape') closeSheet();
  else if (key === '?') openHelp();
  else if (app.current && Object.hasOwn(PLAIN, key)) {
    event.preventDefault();
    PLAIN[key](event);
  }
});

/** @type {Record<string, Point>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {Point | null} where a straight line begins */
let from = null;

sheet.addEventListener('keydown', (event) => {
  const drawing = app.current;
  if (!drawing?.lines || drawing.proposal || event.ctrlKey || event.metaKey || event.altKey) return;
  const { view } = drawing;
  if (ARROWS[event.key]) {
    event.preventDefault();
    const far = event.shiftKey ? 40 : 6;
    const [x, y] = pointer.at ?? view.middle;
    const [dx, dy] = ARROWS[event.key];
    pointer.at = [Math.min(view.width, Math.max(0, x + dx * far)), Math.min(view.height, Math.max(0, y + dy * far))];
    pointer.keys = true;
    pointer.tool = app.settings.tool;
    announce(view.toDrawing(pointer.at).map(Math.round).join(', '));
    redraw();
  } else if (event.key === 'Enter') {
    event.preventDefault();
    pointer.at ??= view.middle;
    pointer.keys = true;
    use(drawing, view.toDrawing(pointer.at));
  }
});
sheet.addEventListener('blur', () => {
  if (!pointer.keys) return;
  pointer.keys = false;
  pointer.at = null;
  redraw();
});

/**
 * The tool at the pointer: a dot, a fill, a pick; a line asks for two places.
 * @param {Drawing} drawing
 * @param {Point} place
 */
function use(drawing, place) {
  const { tool } = app.settings;
  if (tool === 'hand') return;
  if (tool === 'line' && !from) {
    from = place;
    announce(t('line'));
    return;
  }
  const work = begin(drawing, tool, tool === 'line' && from ? from : place, null, false);
  if (tool === 'line') work.move(place, null);
  from = null;
  work.end();
  redraw();
}
