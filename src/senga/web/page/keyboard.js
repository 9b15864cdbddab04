// Keyboard: what is under the keys of the table, and a pointer for arrow keys on the drawing.

import { announce } from './announce.js';
import { app } from './app.js';
import { toggleBeside } from './beside.js';
import { swapColors } from './colorpart.js';
import { switchMode } from './conditions.js';
import { toggleDivider } from './divider.js';
import { within } from './elements.js';
import { openExports, saveProject, saveProjectAs } from './exporting.js';
import { openHelp } from './help.js';
import { askIdeas } from './ideas.js';
import { chordOf, workOf } from './keys.js';
import { chooseFiles } from './opening.js';
import { stepReach } from './reaches.js';
import { pointer, redraw, sheet } from './renderer.js';
import { closeSheet } from './sheets.js';
import { stepSize } from './sizes.js';
import { saveSwatch } from './swatches.js';
import { moveDrawing, nextDrawing, rename } from './tabs.js';
import { chooseTool } from './toolbar.js';
import { TOOLS } from './tools.js';
import { begin } from './toolwork.js';
import { mirror, toggleLayer, turn, upright } from './turning.js';
import { wholeView, zoom, zoomToPixels } from './viewbar.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Point } from './types.d.ts' */

export function undo() {
  if (app.current?.undo()) announce(t('undo'));
}

export function redo() {
  if (app.current?.redo()) announce(t('redo'));
}

/**
 * What can be done without a drawing too.
 * @type {Record<string, () => unknown>}
 */
const ALWAYS = { open: chooseFiles, undo, redo, save: () => saveProject(), 'save-as': saveProjectAs, export: openExports, help: openHelp };

/** @type {Record<string, (drawing: Drawing) => unknown>} */
const WORKS = {
  ...Object.fromEntries(TOOLS.map((tool) => [tool, () => chooseTool(tool)])),
  smaller: () => stepSize(false),
  larger: () => stepSize(true),
  nearer: () => stepReach(-1),
  farther: () => stepReach(1),
  swap: swapColors,
  'swatch-add': saveSwatch,
  mode: switchMode,
  'ideas-ask': askIdeas,
  'zoom-in': () => zoom(1.25),
  'zoom-out': () => zoom(1 / 1.25),
  fit: wholeView,
  pixels: zoomToPixels,
  'turn-right': () => turn(1),
  'turn-left': () => turn(-1),
  upright,
  mirror,
  'show-hints': () => toggleLayer('showHints'),
  'show-color': () => toggleLayer('showColor'),
  'show-lines': () => toggleLayer('showLines'),
  'before-after': toggleDivider,
  beside: toggleBeside,
  next: () => nextDrawing(1),
  previous: () => nextDrawing(-1),
  'tab-right': () => moveDrawing(1),
  'tab-left': () => moveDrawing(-1),
  rename,
};

/** Whether a work of the table can be done here. @param {string} name */
export const worksThere = (name) => name in ALWAYS || name in WORKS;

/** Works that a box for words does itself. */
const OF_BOXES = ['undo', 'redo'];

window.addEventListener('keydown', (event) => {
  if (document.querySelector('dialog[open]') || event.defaultPrevented) return;
  const chord = chordOf(event);
  if (chord === null) return;
  const name = workOf(chord);
  const typing = within(event, 'input:not([type=range], [type=checkbox]), textarea, select');
  if (typing && (OF_BOXES.includes(name ?? '') || !/^(Ctrl\+|Alt\+|F\d)/.test(chord))) return;
  if (name === null) {
    if (chord === 'Escape') closeSheet();
    return;
  }
  const { current } = app;
  const work = ALWAYS[name] ?? (current && WORKS[name] && (() => WORKS[name](current)));
  if (!work) return;
  event.preventDefault();
  work();
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
