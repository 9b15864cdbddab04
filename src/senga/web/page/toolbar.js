// The tools, and what belongs to them on narrow windows: the color's and the conditions' sheet.

import { app } from './app.js';
import { button, make, walk } from './dom.js';
import { element } from './elements.js';
import { pointer, redraw, sheet } from './renderer.js';
import { toggleSheet } from './sheets.js';
import { TOOLS } from './tools.js';
import { label, t } from './words.js';

/** @import { Tool } from './types.d.ts' */

/** @param {Tool} tool */
export function chooseTool(tool) {
  app.set({ tool });
  pointer.tool = tool;
  redraw();
}

export function buildToolbar() {
  const bar = element('tools', HTMLElement);
  const color = make('button', { type: 'button', class: 'icon chip-button chip', id: 'color-sheet', 'aria-haspopup': 'true', onclick: () => toggleSheet('color') });
  const tools = TOOLS.map((tool) => button(tool, () => chooseTool(tool), { sign: tool, key: tool, 'data-tool': tool, 'aria-pressed': 'false' }));
  const more = button('more', () => toggleSheet('conditions'), { sign: 'more', kind: 'icon panel-button', id: 'conditions-sheet', 'aria-haspopup': 'true' });
  bar.append(color, ...tools, more);
  const rest = walk(bar);
  const show = () => {
    const { tool } = app.settings;
    for (const place of tools) place.setAttribute('aria-pressed', String(place.dataset.tool === tool));
    if (sheet.dataset.tool !== tool) { // on narrow windows the bar scrolls
      tools.find((place) => place.dataset.tool === tool)?.scrollIntoView({ block: 'nearest', inline: 'center' });
    }
    sheet.dataset.tool = tool;
    color.style.setProperty('--color', app.settings.color);
    label(color, t('now', { color: app.settings.color }));
    rest();
  };
  app.on('settings language', show);
}
