// The panel's part of characters: one character's parts with their colors, opened, made, laid on the drawing, saved.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { chosen, makeOf, open, put, remove, save, tidy, use } from './characterfiles.js';
import { renamed, withoutPart } from './characters.js';
import { askFiles, button, chip, make, part, walk } from './dom.js';
import { dropZone } from './palettes.js';
import { plainName } from './request.js';
import { placeWords, t } from './words.js';
import { carry, isCancelled } from './works.js';

/** @import { Character } from './types.d.ts' */

/** @param {() => unknown} work */
async function guarded(work) {
  try {
    await work();
  } catch (error) { if (!isCancelled(error)) fail(error); }
}

/**
 * One part: its color, its name, and away with it.
 * @param {Character} character
 * @param {Character['colors'][number]} one
 */
function partRow(character, { part: name, color }) {
  const box = make('input', { type: 'text', value: name, maxlength: 80, 'aria-label': t('part-name') });
  box.addEventListener('change', () => {
    put(renamed(character, name, plainName(box.value)));
    if (chosen() === character) box.value = name; // a name that is taken
  });
  const away = button('part-away', () => put(withoutPart(character, name)), { sign: 'close' });
  const use1 = chip(color, t('part-paint', { name, color }), (used) => app.setColor(used));
  return make('li', {}, use1, box, away);
}

/** What is shown of a character. */
function sheetOf(/** @type {Character} */ character) {
  const name = make('input', { type: 'text', class: 'name', value: character.name, maxlength: 80, 'aria-label': t('character-name') });
  name.addEventListener('change', () => put({ ...character, name: plainName(name.value.trim() || character.name) }));
  const others = make('div', { class: 'chips' }, ...character.palette.map((color) => chip(color, t('palette-use', { color }), (used) => app.setColor(used),
    (gone) => put({ ...character, palette: character.palette.filter((one) => one !== gone) }))));
  const said = [t('character-hints', { n: character.hints.length })];
  if (character.reference) said.push(t('character-reference', { name: character.reference }));
  return [name, make('ul', { class: 'parts' }, ...character.colors.map((one) => partRow(character, one))), others,
    make('p', { class: 'small' }, said.join(' '))];
}

export function characterPart() {
  const list = make('select', { id: 'characters', 'data-label': 'characters' });
  list.addEventListener('change', () => app.set({ character: list.value }));
  const place = make('div', { class: 'character', id: 'character' });
  const how = make('p', { class: 'small', 'data-t': 'characters-how' });
  const take = (/** @type {File[]} */ files) => guarded(() => files.length && open(files));
  const opener = button('character-open', () => guarded(async () => take(await askFiles({ accept: '.toml,image/*', multiple: true }))), { sign: 'file' });
  const maker = button('character-make', () => guarded(async () => {
    const drawing = app.current;
    if (drawing?.opened) await carry(t('compare-making'), () => makeOf(drawing));
  }), { sign: 'plus' });
  const saver = button('character-save', () => guarded(async () => {
    const character = chosen();
    if (character) await save(character);
  }), { sign: 'save' });
  const away = button('character-delete', () => {
    const character = chosen();
    if (!character) return;
    note(t('character-gone', { name: character.name }), 'note', '', { words: t('swatch-back'), work: remove(character) });
  }, { sign: 'trash' });
  const user = button('character-use', () => guarded(async () => {
    const drawing = app.current, character = chosen();
    if (!drawing || !character) return;
    const whole = await use(drawing, character);
    if (whole) note(t('character-used', { name: character.name }));
    else note(t('character-no-picture', { name: character.reference ?? '' }));
  }), { sign: 'person', text: true, kind: 'wide' });
  user.id = 'character-use';
  walk(place, '.chip');

  /** @type {unknown[]} */
  let shown = [];
  const show = () => {
    const character = chosen(), { characters } = app.settings;
    maker.disabled = !app.current;
    user.disabled = !app.current || !character;
    if (shown[0] === characters && shown[1] === character && shown[2] === t('characters') && shown.length) return;
    shown = [characters, character, t('characters')];
    list.replaceChildren(...characters.map(({ key, name }) => make('option', { value: key }, name)));
    list.value = character?.key ?? '';
    list.hidden = characters.length < 2;
    place.replaceChildren(...(character ? sheetOf(character) : []));
    placeWords(place);
    how.hidden = !!character;
    saver.disabled = away.disabled = !character;
  };
  app.on('settings front language', show);
  tidy().catch(() => {});
  const made = part('characters', 'conditions', how, list, place, user, make('div', { class: 'doors' }, opener, maker, saver, away));
  dropZone(made, take);
  return made;
}
