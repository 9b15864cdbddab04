// The one table of keys: which work is under which of them at first, and what a person has changed of that.

/** @import { Chord } from './types.d.ts' */

/**
 * Group of the sheet, name of the work, its words, and its keys as nobody has changed them. A name that begins with
 * "hold-" is of a key that is held down while the pointer is dragged.
 * @type {[group: string, name: string, words: string, chords: Chord[]][]}
 */
export const KEYS = [
  ['h-tools', 'brush', 'brush', ['B']],
  ['h-tools', 'dot', 'dot', ['D']],
  ['h-tools', 'line', 'line', ['L']],
  ['h-tools', 'fill', 'fill', ['G']],
  ['h-tools', 'erase', 'erase', ['E']],
  ['h-tools', 'pick', 'pick', ['I']],
  ['h-tools', 'select', 'select', ['A']],
  ['h-tools', 'recolor', 'recolor', ['C']],
  ['h-tools', 'lock', 'lock', ['K']],
  ['h-tools', 'lasso', 'lasso', ['O']],
  ['h-tools', 'hand', 'hand', ['H']],
  ['h-tools', 'smaller', 'k-smaller', ['[']],
  ['h-tools', 'larger', 'k-larger', [']']],
  ['h-tools', 'nearer', 'k-nearer', ['{']],
  ['h-tools', 'farther', 'k-farther', ['}']],
  ['h-color', 'swap', 'k-swap', ['X']],
  ['h-color', 'swatch-add', 'swatch-add', ['S']],
  ['h-color', 'mode', 'k-mode', ['M']],
  ['h-color', 'ideas-ask', 'ideas-ask', ['N']],
  ['h-view', 'zoom-in', 'zoom-in', ['+', '=']],
  ['h-view', 'zoom-out', 'zoom-out', ['-']],
  ['h-view', 'fit', 'fit', ['0']],
  ['h-view', 'pixels', 'k-pixels', ['1']],
  ['h-view', 'turn-right', 'turn-right', ['R']],
  ['h-view', 'turn-left', 'turn-left', ['Shift+R']],
  ['h-view', 'upright', 'upright', ['5']],
  ['h-view', 'mirror', 'mirror', ['F']],
  ['h-view', 'hold-hand', 'k-hold-hand', ['Space']],
  ['h-view', 'hold-turn', 'k-hold-turn', ['Shift+Space']],
  ['h-view', 'show-hints', 'show-hints', ['Q']],
  ['h-view', 'show-color', 'show-color', ['V']],
  ['h-view', 'show-lines', 'show-lines', ['W']],
  ['h-view', 'before-after', 'before-after', ['\\']],
  ['h-view', 'beside', 'k-beside', ['Y']],
  ['h-file', 'open', 'open', ['Ctrl+O']],
  ['h-file', 'undo', 'undo', ['Ctrl+Z']],
  ['h-file', 'redo', 'redo', ['Ctrl+Shift+Z', 'Ctrl+Y']],
  ['h-file', 'save', 'k-save', ['Ctrl+S']],
  ['h-file', 'save-as', 'k-save-as', ['Ctrl+Shift+S']],
  ['h-file', 'export', 'export', ['Ctrl+E']],
  ['h-file', 'next', 'k-next', ['Alt+PageDown']],
  ['h-file', 'previous', 'k-previous', ['Alt+PageUp']],
  ['h-file', 'tab-right', 'k-tab-right', ['Alt+Shift+PageDown']],
  ['h-file', 'tab-left', 'k-tab-left', ['Alt+Shift+PageUp']],
  ['h-file', 'rename', 'rename', ['F2']],
  ['h-file', 'help', 'help', ['?']],
];

/** Keys that have a meaning of their own on the page. */
const FIXED = ['Escape', 'Enter', 'Tab', 'Shift+Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Backspace', 'Delete'];

/** Keys that browsers do not give away. */
const BROWSERS = ['Ctrl+W', 'Ctrl+T', 'Ctrl+N', 'Ctrl+R', 'Ctrl+L', 'Ctrl+Q', 'Ctrl+Shift+W', 'Ctrl+Shift+T', 'Ctrl+Shift+N', 'Ctrl+Shift+R',
  'Ctrl+Tab', 'Ctrl+Shift+Tab', 'Ctrl+C', 'Ctrl+V', 'Ctrl+X', 'Ctrl+A', 'Alt+F4', 'F5', 'F11', 'F12'];

const MODIFIERS = ['Control', 'Shift', 'Alt', 'Meta', 'AltGraph', 'CapsLock', 'Dead', 'Unidentified'];

const usual = new Map(KEYS.map(([, name, , chords]) => [name, chords]));

/** @type {Record<string, Chord[]>} what was changed, by names of works */
let changed = {};

/** @param {Record<string, Chord[]>} given */
export function setKeys(given) {
  changed = given;
}

/**
 * The keys of a work.
 * @param {string} name
 * @returns {Chord[]}
 */
export const keysOf = (name) => changed[name] ?? usual.get(name) ?? [];

/**
 * The work that is under a key, if any.
 * @param {Chord} chord
 */
export const workOf = (chord) => KEYS.find(([, name]) => keysOf(name).includes(chord))?.[1] ?? null;

/**
 * Why a key cannot be given to any work, as a key of words; "" if it can.
 * @param {Chord} chord
 */
export function refusal(chord) {
  if (FIXED.includes(chord)) return 'key-fixed';
  return BROWSERS.includes(chord) ? 'key-browser' : '';
}

/**
 * What is changed when a work gets a key, in the place of one of its own, or null for none; who had it before loses it.
 * @param {string} name
 * @param {Chord | null} chord
 * @param {Chord | null} instead
 * @returns {Record<string, Chord[]>}
 */
export function withKey(name, chord, instead = null) {
  const next = { ...changed };
  const had = chord === null ? null : workOf(chord);
  if (had !== null && had !== name) next[had] = keysOf(had).filter((own) => own !== chord);
  const own = keysOf(name).filter((one) => one !== chord);
  const at = instead === null ? own.length : own.indexOf(instead);
  next[name] = chord === null ? own.filter((one) => one !== instead)
    : [...own.slice(0, Math.max(0, at)), chord, ...own.slice(Math.max(0, at)).filter((one) => one !== instead)];
  for (const [work, chords] of Object.entries(next)) if (String(chords) === String(usual.get(work))) delete next[work];
  return next;
}

/**
 * What is left of kept changes: works that there are, each with keys that can be had, and no key twice.
 * @param {unknown} kept
 * @returns {Record<string, Chord[]>}
 */
export function readKeys(kept) {
  if (typeof kept !== 'object' || kept === null) return {};
  /** @type {Record<string, Chord[]>} */
  const found = {};
  const seen = new Set();
  for (const [name, chords] of Object.entries(kept)) {
    if (!usual.has(name) || !Array.isArray(chords)) continue;
    found[name] = chords.filter((chord) => typeof chord === 'string' && !refusal(chord) && !seen.has(chord));
    for (const chord of found[name]) seen.add(chord);
  }
  // A work that came later, or was changed in another window, does not take what somebody was given.
  for (const [name, chords] of usual) {
    if (!(name in found) && chords.some((chord) => seen.has(chord))) found[name] = chords.filter((chord) => !seen.has(chord));
  }
  return found;
}

/**
 * A key as it is kept: 'Ctrl+Shift+Z', 'R', '?', 'Space'; null of one that only changes others. Signs are as the keyboard
 * writes them, letters as on its keys, whatever script is written.
 * @param {{key: string, code?: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, shiftKey?: boolean}} event
 * @returns {Chord | null}
 */
export function chordOf({ key, code = '', ctrlKey = false, metaKey = false, altKey = false, shiftKey = false }) {
  if (MODIFIERS.includes(key)) return null;
  const letter = /^Key([A-Z])$/.exec(code)?.[1];
  const latin = /^[a-z]$/i.test(key);
  let name = latin ? key.toUpperCase() : key;
  if (letter && !latin && (altKey || !/^[!-~]$/.test(key))) name = letter;
  if (code === 'Space' || key === ' ') name = 'Space';
  if (key === 'Process' && !letter && code !== 'Space') return null;
  const shifts = name.length > 1 || /[A-Z]/.test(name); // of a sign it says itself whether Shift was held
  return `${ctrlKey || metaKey ? 'Ctrl+' : ''}${altKey ? 'Alt+' : ''}${shiftKey && shifts ? 'Shift+' : ''}${name}`;
}

/** @type {Record<string, string>} */
const SIGNS = { PageDown: 'PgDn', PageUp: 'PgUp', '-': '−', ArrowLeft: '←', ArrowRight: '→', ArrowUp: '↑', ArrowDown: '↓' };

/**
 * A key as it is read.
 * @param {Chord} chord
 */
export function shown(chord) {
  const [, held, last] = /^((?:Ctrl\+|Alt\+|Shift\+)*)(.+)$/.exec(chord) ?? ['', '', chord];
  return held + (SIGNS[last] ?? last);
}
