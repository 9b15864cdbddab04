// Open drawings as tabs.

import { app } from './app.js';
import { make, walk } from './dom.js';
import { element, elements } from './elements.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */

const row = element('tabs', HTMLElement);
const rest = walk(row, '[role="tab"]');

/** @param {number} step */
export function nextDrawing(step) {
  const at = app.drawings.findIndex((drawing) => drawing === app.current);
  if (at >= 0) app.front(app.drawings[(at + step + app.drawings.length) % app.drawings.length]);
}

/** @param {Drawing} drawing */
async function close(drawing) {
  const painted = drawing.history.past.length > 0;
  if (painted && !window.confirm(t('close-sure', { name: drawing.name }))) return;
  await app.close(drawing);
}

function show() {
  const focused = row.contains(document.activeElement);
  row.replaceChildren(...app.drawings.map((drawing) => {
    const front = drawing === app.current;
    const tab = make('button', { type: 'button', role: 'tab', 'aria-selected': String(front), 'aria-controls': 'stage', title: drawing.name, onclick: () => app.front(drawing) }, drawing.name);
    tab.addEventListener('keydown', (event) => event.key === 'Delete' && close(drawing));
    const words = t('close-drawing', { name: drawing.name });
    const away = make('button', { type: 'button', class: 'away', tabindex: -1, 'aria-label': words, title: words, onclick: () => close(drawing) }, '×');
    return make('span', { class: 'tab' }, tab, away);
  }));
  rest();
  const [chosen] = elements(row, '[aria-selected="true"]');
  chosen?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  if (focused) chosen?.focus();
  document.body.classList.toggle('bare', !app.current);
  document.title = app.current ? `${app.current.name} – senga` : 'senga';
}

app.on('front language', show);
