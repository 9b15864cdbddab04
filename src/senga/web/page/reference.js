// A picture whose colors are borrowed, and how much.

import { fail } from './announce.js';
import { app } from './app.js';
import { askFiles, button, make, part, slider } from './dom.js';
import { dropZone } from './palettes.js';
import { t } from './words.js';

export function referencePart() {
  const picture = make('img', { alt: '', hidden: true });
  const words = make('span', { 'data-t': 'reference-drop' });
  const take = (/** @type {File[]} */ [file]) => file && app.current?.setReference(file, file.name);
  const zone = make('button', {
    type: 'button', class: 'zone', id: 'reference', onclick: async () => {
      try { await take(await askFiles({ accept: 'image/*' })); } catch (error) { fail(error); }
    },
  }, picture, words);
  dropZone(zone, take);
  const strength = slider('strength', {
    step: 0.05, oninput: (v) => app.current?.change({ strength: v }, 'strength'), onchange: () => app.current?.history.rest(),
  });
  const off = button('reference-off', () => app.current?.change({ reference: null }), { sign: 'trash' });
  const more = make('div', { class: 'with-button' }, strength.row, off);
  /** @type {Blob | null} */
  let shown = null;
  app.on('state front language', () => {
    const drawing = app.current;
    const reference = drawing?.state.reference ?? null;
    zone.disabled = !drawing;
    more.hidden = !reference;
    strength.put(drawing?.state.strength ?? 1);
    picture.alt = reference ? t('reference-alt', { name: reference.name }) : '';
    const file = (reference && drawing?.files[reference.key]) ?? null;
    if (shown === file) return;
    shown = file;
    if (picture.src) URL.revokeObjectURL(picture.src);
    picture.hidden = !file;
    words.hidden = !!file;
    if (file) picture.src = URL.createObjectURL(file);
    else picture.removeAttribute('src');
  });
  return part('reference', 'conditions', zone, more);
}
