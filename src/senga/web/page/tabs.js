// Open drawings as tabs: chosen, closed, dragged to another place, renamed, copied.

import { note } from './announce.js';
import { app } from './app.js';
import { make, walk } from './dom.js';
import { childrenOf, element, elements, within } from './elements.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */

const DRAG = 6; // px after which a press is a drag

const row = element('tabs', HTMLElement);
const menu = element('tab-menu', HTMLElement);
const rest = walk(row, '[role="tab"]');

/** @type {{place: HTMLElement, x: number, going: boolean} | null} */
let drag = null;
let dragged = false; // the click that ends a drag chooses nothing

/** @param {number} step */
export function nextDrawing(step) {
  const at = app.drawings.findIndex((drawing) => drawing === app.current);
  if (at >= 0) app.front(app.drawings[(at + step + app.drawings.length) % app.drawings.length]);
}

/**
 * Moves the front drawing among the tabs.
 * @param {number} step
 */
export function moveDrawing(step) {
  const keys = app.drawings.map(({ key }) => key);
  const at = app.drawings.findIndex((drawing) => drawing === app.current), to = at + step;
  if (at < 0 || to < 0 || to >= keys.length) return;
  keys.splice(to, 0, ...keys.splice(at, 1));
  app.reorder(keys);
}

/** @param {Drawing} drawing */
async function close(drawing) {
  const { key, name } = drawing;
  await app.close(drawing);
  note(t('closed', { name }), 'note', '', { words: t('bring-back'), work: () => app.reopen(key) });
}

/**
 * Asks for a drawing's name in the place of its tab.
 * @param {Drawing} drawing
 */
export function rename(drawing) {
  const place = childrenOf(row).find((tab) => tab.dataset.key === drawing.key);
  const box = make('input', { type: 'text', value: drawing.name, 'aria-label': t('rename'), maxlength: 80 });
  let done = false;
  const end = (/** @type {boolean} */ take) => {
    if (done) return;
    done = true;
    if (take) app.rename(drawing, box.value);
    show();
  };
  box.addEventListener('keydown', (event) => {
    event.stopPropagation();
    if (event.key === 'Enter' || event.key === 'Escape') end(event.key === 'Enter');
  });
  box.addEventListener('blur', () => end(true));
  place?.replaceChildren(box);
  box.focus();
  box.select();
}

/**
 * @param {Drawing} drawing
 * @param {MouseEvent} event
 */
function openMenu(drawing, event) {
  event.preventDefault();
  const item = (/** @type {string} */ words, /** @type {() => unknown} */ work) => make('button', { type: 'button', class: 'item', 'data-work': words, onclick: () => {
    menu.hidePopover();
    work();
  } }, t(words));
  menu.replaceChildren(item('rename', () => rename(drawing)), item('duplicate', () => app.duplicate(drawing)), item('close', () => close(drawing)));
  const box = row.getBoundingClientRect();
  menu.style.left = `${Math.max(8, Math.min(event.clientX || box.left, window.innerWidth - 200))}px`;
  menu.showPopover();
  menu.querySelector('button')?.focus();
}

/** @param {Drawing} drawing */
function tabOf(drawing) {
  const front = drawing === app.current;
  const unsaved = drawing.changed;
  const tab = make('button', { type: 'button', role: 'tab', 'aria-selected': String(front), 'aria-controls': 'stage', title: drawing.name,
    'aria-description': unsaved ? t('unsaved') : '', onclick: () => dragged || app.front(drawing) }, drawing.name);
  tab.addEventListener('keydown', (event) => {
    if (event.key === 'Delete') close(drawing);
    if (event.key === 'F2') rename(drawing);
  });
  tab.addEventListener('dblclick', () => rename(drawing));
  tab.addEventListener('contextmenu', (event) => openMenu(drawing, event));
  const words = t('close-drawing', { name: drawing.name });
  const away = make('button', { type: 'button', class: 'away', tabindex: -1, 'aria-label': words, title: words, onclick: () => close(drawing) }, '×');
  const dot = make('i', { class: 'unsaved', title: t('unsaved'), hidden: !unsaved });
  return make('span', { class: 'tab', 'data-key': drawing.key }, dot, tab, away);
}

function show() {
  if (drag?.going) return;
  const focused = row.contains(document.activeElement);
  row.replaceChildren(...app.drawings.map(tabOf));
  rest();
  const [chosen] = elements(row, '[aria-selected="true"]');
  chosen?.parentElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  if (focused) chosen?.focus();
  document.body.classList.toggle('bare', !app.current);
  mark();
}

/** Marks what no project file holds yet. */
function mark() {
  const changed = new Map(app.drawings.map((drawing) => [drawing.key, drawing.changed]));
  for (const place of childrenOf(row)) {
    for (const spot of elements(place, '.unsaved')) spot.hidden = !changed.get(place.dataset.key ?? '');
  }
  const { current } = app;
  document.title = current ? `${current.changed ? '• ' : ''}${current.name} – senga` : 'senga';
}

row.addEventListener('pointerdown', (event) => {
  const place = event.target instanceof Element ? event.target.closest('.tab') : null;
  if (place instanceof HTMLElement && event.button === 0 && !place.querySelector('input')) drag = { place, x: event.clientX, going: false };
});
row.addEventListener('pointermove', (event) => {
  if (!drag) return;
  if (!drag.going && Math.abs(event.clientX - drag.x) > DRAG) {
    drag.going = true;
    drag.place.classList.add('dragged');
    row.setPointerCapture(event.pointerId);
  }
  if (!drag.going) return;
  const { place } = drag;
  const over = childrenOf(row).find((other) => {
    const box = other.getBoundingClientRect();
    return other !== place && event.clientX > box.left && event.clientX < box.right;
  });
  if (!over) return;
  const box = over.getBoundingClientRect(), after = event.clientX > box.left + box.width / 2;
  row.insertBefore(place, after ? over.nextSibling : over);
});
for (const type of ['pointerup', 'pointercancel']) {
  row.addEventListener(type, () => {
    if (drag?.going) {
      drag.going = false;
      dragged = true;
      setTimeout(() => { dragged = false; });
      app.reorder(childrenOf(row).map((place) => place.dataset.key ?? ''));
    }
    drag = null;
  });
}

// Not the browser's own way to dismiss it: that takes the release of the button that opened it for one beside it.
window.addEventListener('pointerdown', (event) => { if (!within(event, '#tab-menu')) menu.hidePopover(); }, true);
menu.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  menu.hidePopover();
  for (const chosen of elements(row, '[aria-selected="true"]')) chosen.focus();
});

app.on('front language', show);
app.on('state kept', mark);
