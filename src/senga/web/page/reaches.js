// How far hints reach: what the next one of each kind is given, what the selected one has, and what is usual.

import { app } from './app.js';
import { FRESH } from './request.js';
import { reachSelected, selectedMark } from './selecting.js';

/** @import { Mark, Reach, Tool } from './types.d.ts' */

/** @type {Reach[]} */
export const REACHES = ['region', 'object', 'far'];

/**
 * The kind of hint that a tool lays, or null.
 * @param {Tool} tool
 */
export const kindOf = (tool) => (tool === 'fill' ? 'fill' : ['brush', 'dot', 'line'].includes(tool) ? 'stroke' : null);

/**
 * How far a hint reaches that does not say so: a fill stays in its region.
 * @param {Mark['kind']} kind
 * @returns {Reach}
 */
const usual = (kind) => (kind === 'fill' ? 'region' : app.current?.state.reach ?? FRESH.reach);

/**
 * How far the selected hint reaches, or else the next one of the tool in the hand; null where neither is one.
 * @returns {Reach | null}
 */
export function reachNow() {
  const mark = selectedMark();
  if (mark) return mark.kind === 'erase' ? null : mark.reach ?? usual(mark.kind);
  const kind = kindOf(app.settings.tool);
  return kind && (app.settings.reaches[kind] ?? usual(kind));
}

/**
 * Sets it; a step that can be undone where a hint is selected. What is usual is not said, so that it stays usual.
 * @param {Reach} reach
 */
export function setReach(reach) {
  if (reach === reachNow()) return;
  const mark = selectedMark(), kind = kindOf(app.settings.tool);
  if (mark) reachSelected(reach === usual(mark.kind) ? null : reach);
  else if (kind) app.set({ reaches: { ...app.settings.reaches, [kind]: reach === usual(kind) ? undefined : reach } });
}

/** @param {number} step */
export function stepReach(step) {
  const now = reachNow();
  if (now) setReach(REACHES[Math.min(2, Math.max(0, REACHES.indexOf(now) + step))]);
}
