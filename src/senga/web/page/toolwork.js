// Which work a tool begins when the pointer goes down.

import { Lasso } from './lasso.js';
import { Lock } from './locks.js';
import { Recolor } from './recoloring.js';
import { Grab } from './selecting.js';
import { Stroke } from './tools.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Point, Tool, Work } from './types.d.ts' */

/**
 * The work of a tool from a place of the drawing on.
 * @param {Drawing} drawing
 * @param {Tool} tool
 * @param {Point} place drawing px
 * @param {number | null} pressure null for what has none
 * @param {boolean} straight
 * @returns {Work}
 */
export function begin(drawing, tool, place, pressure, straight) {
  if (tool === 'select') return new Grab(drawing, place);
  if (tool === 'lock') return new Lock(drawing, place);
  if (tool === 'lasso') return new Lasso(drawing, place);
  if (tool === 'recolor') return new Recolor(drawing, place);
  return new Stroke(drawing, tool, place, pressure, straight);
}
