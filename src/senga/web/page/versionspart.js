// The panel's part of versions: the newest first, each with its picture, name and time.

import { app } from './app.js';
import { openComparison } from './comparing.js';
import { button, make, part, pictured } from './dom.js';
import { goBack, isSame, keepPresent, pictureOnce, remove, rename } from './versions.js';
import { languageNow, t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Version } from './types.d.ts' */

/**
 * @param {Drawing} drawing
 * @param {Version} version
 */
function card(drawing, version) {
  const { key, name, time, state, thumb } = version;
  const when = new Date(time).toLocaleString(languageNow(), { dateStyle: 'short', timeStyle: 'short' });
  const use = make('button', { type: 'button', class: 'use', 'aria-label': t('version-use', { name }), title: t('version-use', { name }),
    'aria-current': String(isSame(state, drawing.state)), onclick: () => goBack(drawing, version) }, pictured(thumb));
  const box = make('input', { type: 'text', class: 'name', value: name, maxlength: 80, 'aria-label': t('version-name') });
  box.addEventListener('change', () => rename(drawing, version, box.value));
  box.addEventListener('keydown', (event) => event.key === 'Enter' && box.blur());
  const look = button('version-compare', () => openComparison(`version:${key}`, 'now'), { sign: 'compare' });
  const away = button('version-delete', () => remove(drawing, version), { sign: 'trash' });
  for (const [place, words] of /** @type {const} */ ([[look, 'version-compare'], [away, 'version-delete']])) {
    place.setAttribute('aria-label', t(words, { name }));
    place.title = t(words, { name });
    delete place.dataset.label;
  }
  return make('li', { 'data-version': key }, use, make('span', { class: 'about' }, box, make('small', {}, when)),
    make('span', { class: 'works' }, look, away));
}

export function versionsPart() {
  const list = make('ul', { class: 'versions', id: 'versions' });
  const add = button('version-keep', keepPresent, { sign: 'plus', text: true, kind: 'wide' });
  add.id = 'version-keep';
  const how = make('p', { class: 'small', 'data-t': 'versions-how' });
  /** @type {unknown[]} */
  let shown = [];
  const show = () => {
    const drawing = app.current;
    add.disabled = !drawing?.opened;
    const now = [drawing, drawing?.opened, drawing?.versions, languageNow()];
    if (now.every((one, i) => one === shown[i]) && shown.length) {
      mark();
      return;
    }
    shown = now;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.closest('[data-version]') : null;
    list.replaceChildren(...(drawing?.versions ?? []).map((version) => card(/** @type {Drawing} */ (drawing), version)).reverse());
    if (focused instanceof HTMLElement) {
      const again = list.querySelector(`[data-version="${focused.dataset.version}"] .use`);
      if (again instanceof HTMLElement) again.focus();
    }
    how.hidden = !!drawing?.versions.length;
    if (drawing?.opened) for (const version of drawing.versions) pictureOnce(drawing, version);
  };
  const mark = () => {
    for (const version of app.current?.versions ?? []) {
      list.querySelector(`[data-version="${version.key}"] .use`)?.setAttribute('aria-current', String(!!app.current && isSame(version.state, app.current.state)));
    }
  };
  app.on('versions front language state lines', show);
  return part('versions', 'conditions', add, how, list);
}
