// Closed drawings: on the welcome page, and in a sheet while others are open; a click brings one back.

import { fail } from './announce.js';
import { app } from './app.js';
import { button, make } from './dom.js';
import { element } from './elements.js';
import { closed, erase } from './keeping.js';
import { placeWords, t } from './words.js';

/** @import { Recent } from './types.d.ts' */

const sheet = element('recents', HTMLDialogElement);
const here = element('recent-here', HTMLElement);
const HERE = 6; // on the welcome page

/** @type {string[]} addresses of the pictures that are shown */
let shown = [];

/** Brings the drawing back that was closed last. */
export async function reopenLast() {
  const [last] = await closed();
  if (last) await app.reopen(last.key);
}

/**
 * @param {Recent} recent
 * @param {() => unknown} gone
 */
function card({ key, name, thumb }, gone) {
  const picture = make('img', { alt: '' });
  if (thumb) {
    picture.src = URL.createObjectURL(thumb);
    shown.push(picture.src);
  }
  const open = make('button', { type: 'button', title: name, 'data-key-of': key, onclick: () => {
    sheet.close();
    app.reopen(key).catch(fail);
  } }, picture, make('small', {}, name));
  const words = t('recent-forget', { name });
  const away = make('button', { type: 'button', class: 'away', 'aria-label': words, title: words, onclick: async () => {
    await erase(key);
    gone();
  } }, '×');
  return make('span', {}, open, away);
}

/** Shows the closed drawings where they are to be seen. */
async function show() {
  const found = await closed().catch(() => []);
  for (const address of shown) URL.revokeObjectURL(address);
  shown = [];
  const grid = (/** @type {Recent[]} */ some) => make('div', { class: 'recents' }, ...some.map((one) => card(one, show)));
  here.replaceChildren(...(found.length ? [make('h2', {}, t('recents')), grid(found.slice(0, HERE))] : []));
  const away = button('close', () => sheet.close(), { sign: 'close' });
  sheet.replaceChildren(make('div', { class: 'head' }, make('h2', { id: 'recents-title' }, t('recents')), away),
    found.length ? grid(found) : make('p', { class: 'recents' }, t('recents-none')));
  placeWords(sheet);
}

export async function openRecents() {
  await show();
  sheet.showModal();
}

sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
let bare = true; // until the first drawing is there
app.on('front language', () => {
  if (!app.current) show();
  else if (bare) here.replaceChildren();
  bare = !app.current;
});
