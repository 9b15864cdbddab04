// The sheet of keys: what pen, mouse and fingers do, and all keys, each changed by pressing another one.

import { announce } from './announce.js';
import { app } from './app.js';
import { button, make } from './dom.js';
import { element, elements } from './elements.js';
import { chordOf, KEYS, keysOf, refusal, shown, withKey, workOf } from './keys.js';
import { placeWords, t } from './words.js';

/** @import { Chord } from './types.d.ts' */

const GROUPS = ['h-tools', 'h-color', 'h-view', 'h-file'];
const HAND = ['k-wheel', 'k-shift', 'k-alt', 'k-resize', 'k-touch', 'k-tap'];

/** Keys that stay: they are those of every page. */
/** @type {[keys: string, words: string][]} */
const FIXED = [['← ↑ → ↓', 'k-arrows'], ['Enter', 'k-enter'], ['PgDn PgUp', 'k-next-mark'], ['Delete', 'k-delete-mark']];

const sheet = element('help', HTMLDialogElement);
const said = make('p', { class: 'small', role: 'status', id: 'key-said' });
const groups = make('div', { class: 'groups' });

/** @type {{name: string, chord: Chord | null} | null} the key that is being changed */
let changing = null;

const wordsOf = (/** @type {string | null} */ name) => t(KEYS.find(([, known]) => known === name)?.[2] ?? '');

export function openHelp() {
  if (!sheet.childElementCount) build();
  changing = null;
  say();
  show();
  if (!sheet.open) sheet.showModal();
}

/**
 * @param {string} words
 * @param {(Node | string)[]} more
 */
function say(words = t('key-how'), ...more) {
  said.replaceChildren(words, ...more);
}

/**
 * The keys of a work as buttons, or one for none.
 * @param {string} name
 * @param {string} words
 */
function row(name, words) {
  const chords = keysOf(name);
  const keys = (chords.length ? chords : [null]).map((chord) => {
    const waits = changing?.name === name && changing.chord === chord;
    const text = waits ? t('key-press') : chord === null ? t('key-none') : shown(chord);
    return make('button', {
      type: 'button', class: waits ? 'key waits' : 'key', 'data-work': name, 'data-chord': chord ?? '', 'aria-label': t('key-change', { work: t(words), key: text }),
      onclick: () => change(name, chord),
    }, make('kbd', {}, text));
  });
  return [make('dt', {}, ...keys), make('dd', { 'data-t': words })];
}

function show() {
  const section = (/** @type {string} */ title, /** @type {HTMLElement[]} */ ...rows) => make('section', {}, make('h3', { 'data-t': title }), make('dl', {}, ...rows));
  const fixed = FIXED.flatMap(([keys, words]) => [make('dt', {}, make('kbd', {}, keys)), make('dd', { 'data-t': words })]);
  groups.replaceChildren(
    make('section', {}, make('h3', { 'data-t': 'h-hand' }), make('ul', {}, ...HAND.map((words) => make('li', { 'data-t': words })))),
    ...GROUPS.map((group) => section(group, ...KEYS.filter(([own]) => own === group).flatMap(([, name, words]) => row(name, words)),
      ...(group === 'h-file' ? fixed : []))));
  placeWords(sheet);
}

/**
 * @param {string} name
 * @param {Chord | null} chord
 */
function change(name, chord) {
  changing = { name, chord };
  say();
  show();
  focusOn(name, chord);
}

/**
 * @param {string} name
 * @param {Chord | null} chord
 */
function focusOn(name, chord) {
  const keys = [...elements(groups, `[data-work="${name}"]`)];
  (keys.find((key) => key.dataset.chord === (chord ?? '')) ?? keys[0])?.focus();
}

/**
 * @param {string} name
 * @param {Chord | null} chord
 * @param {Chord | null} instead
 */
function give(name, chord, instead) {
  changing = null;
  app.set({ keys: withKey(name, chord, instead) });
  const words = t('key-set', { work: wordsOf(name), key: chord === null ? t('key-none') : shown(chord) });
  say(words);
  announce(words);
  show();
  focusOn(name, chord);
}

/** @param {KeyboardEvent} event */
function pressed(event) {
  if (!changing) return;
  const chord = chordOf(event);
  event.preventDefault();
  event.stopPropagation();
  if (chord === null) return;
  const { name, chord: instead } = changing;
  if (chord === 'Escape' || chord === instead) {
    changing = null;
    say();
    show();
    focusOn(name, instead);
    return;
  }
  if (chord === 'Backspace') {
    give(name, null, instead);
    return;
  }
  const why = refusal(chord), holder = workOf(chord);
  if (why) say(t(why, { key: shown(chord) }));
  else if (holder !== null && holder !== name) {
    changing = null;
    const take = button('key-take', () => give(name, chord, instead), { text: true, kind: 'small' });
    take.id = 'key-take';
    const leave = button('key-leave', () => { say(); focusOn(name, instead); }, { text: true, kind: 'small' });
    say(`${t('key-taken', { key: shown(chord), work: wordsOf(holder) })} `, take, ' ', leave);
    show();
    placeWords(said);
    take.focus();
  } else give(name, chord, instead);
}

function build() {
  const away = button('close', () => sheet.close(), { sign: 'close' });
  const usual = button('keys-usual', () => { app.set({ keys: {} }); changing = null; say(); show(); }, { text: true, kind: 'small' });
  usual.id = 'keys-usual';
  sheet.append(make('div', { class: 'head' }, make('h2', { id: 'help-title', 'data-t': 'help' }), away),
    make('div', { class: 'under' }, said, usual), groups);
  sheet.addEventListener('keydown', pressed, true);
  sheet.addEventListener('cancel', (event) => { if (changing) event.preventDefault(); });
  sheet.addEventListener('click', (event) => event.target === sheet && sheet.close());
}
