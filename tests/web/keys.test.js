import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { chordOf, KEYS, keysOf, readKeys, refusal, setKeys, shown, withKey, workOf } from '../../src/senga/web/page/keys.js';

beforeEach(() => setKeys({}));

test('no key of the table is given twice, and each can be had', () => {
  const chords = KEYS.flatMap(([, , , own]) => own);
  assert.equal(new Set(chords).size, chords.length);
  assert.deepEqual(chords.filter(refusal), []);
});

test('a key is what the keyboard writes, with what is held', () => {
  assert.equal(chordOf({ key: 'z', ctrlKey: true }), 'Ctrl+Z');
  assert.equal(chordOf({ key: 'Z', metaKey: true, shiftKey: true }), 'Ctrl+Shift+Z');
  assert.equal(chordOf({ key: '?', shiftKey: true, code: 'Slash' }), '?', 'a sign has its Shift in itself');
  assert.equal(chordOf({ key: ' ', code: 'Space', shiftKey: true }), 'Shift+Space');
  assert.equal(chordOf({ key: 'PageDown', altKey: true }), 'Alt+PageDown');
  assert.equal(chordOf({ key: 'Shift', shiftKey: true }), null);
});

test('letters are those of the keys, whatever script is written', () => {
  assert.equal(chordOf({ key: 'и', code: 'KeyB' }), 'B');
  assert.equal(chordOf({ key: 'Process', code: 'KeyB' }), 'B', 'while Japanese or Chinese is typed');
  assert.equal(chordOf({ key: 'Process', code: 'Digit1' }), null);
  assert.equal(chordOf({ key: 'q', code: 'KeyA' }), 'Q', 'a French keyboard');
});

test('a work gets another key in the place of one of its own', () => {
  setKeys(withKey('redo', 'Ctrl+J', 'Ctrl+Y'));
  assert.deepEqual(keysOf('redo'), ['Ctrl+Shift+Z', 'Ctrl+J']);
  assert.equal(workOf('Ctrl+Y'), null);
  assert.equal(workOf('Ctrl+J'), 'redo');
});

test('a key that is taken over is lost by who had it', () => {
  setKeys(withKey('brush', 'E', 'B'));
  assert.equal(workOf('E'), 'brush');
  assert.deepEqual(keysOf('erase'), []);
  setKeys(withKey('erase', 'B'));
  assert.equal(workOf('B'), 'erase');
});

test('a key can be taken away, and what is usual again is no change', () => {
  setKeys(withKey('mirror', null, 'F'));
  assert.deepEqual(keysOf('mirror'), []);
  assert.deepEqual(withKey('mirror', 'F'), {});
});

test('keys of the page and of browsers are refused', () => {
  assert.equal(refusal('Escape'), 'key-fixed');
  assert.equal(refusal('Ctrl+W'), 'key-browser');
  assert.equal(refusal('K'), '');
});

test('what was kept is read, and odd things in it are left out', () => {
  assert.deepEqual(readKeys(null), {});
  assert.deepEqual(readKeys({ brush: ['J'], nothing: ['P'], dot: 7, fill: ['J', 'Ctrl+W', 3] }), { brush: ['J'], fill: [] });
  assert.deepEqual(readKeys({ brush: ['G'] }), { brush: ['G'], fill: [] }, 'a key is never under two works');
});

test('keys are read with their signs', () => {
  assert.equal(shown('Alt+Shift+PageDown'), 'Alt+Shift+PgDn');
  assert.equal(shown('-'), '−');
  assert.equal(shown('+'), '+');
});
