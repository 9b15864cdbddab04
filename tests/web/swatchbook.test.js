import assert from 'node:assert/strict';
import { test } from 'node:test';
import { altered, freeName, inUse, restored, without } from '../../src/senga/web/page/swatchbook.js';

const book = [{ key: 'a', name: '', colors: ['#000000'] }, { key: 'b', name: 'Skin', colors: ['#fadcc8'] }];

test('the palette in use is the first that there is', () => {
  assert.equal(inUse(book, 'b', 'a').key, 'b');
  assert.equal(inUse(book, null, 'b').key, 'b');
  assert.equal(inUse(book, 'gone', 'b').key, 'b');
  assert.equal(inUse(book, 'gone', 'gone too').key, 'a');
});

test('a change leaves the others, and what was there, as they are', () => {
  const made = altered(book, 'b', { colors: [] });
  assert.deepEqual(made[1], { key: 'b', name: 'Skin', colors: [] });
  assert.equal(made[0], book[0]);
  assert.deepEqual(book[1].colors, ['#fadcc8']);
});

test('the last palette stays', () => {
  const left = without(book, 'a');
  assert.deepEqual(left.map(({ key }) => key), ['b']);
  assert.deepEqual(without(left, 'b'), left);
});

test('a name that is taken gets a number', () => {
  assert.equal(freeName(book, 'Hair'), 'Hair');
  assert.equal(freeName(book, 'Skin'), 'Skin 2');
  assert.equal(freeName([...book, { key: 'c', name: 'Skin 2', colors: [] }], 'Skin'), 'Skin 3');
});

test('the colors that an older page kept are the first palette', () => {
  assert.deepEqual(restored({ swatches: ['#ffffff'] }, book)[0], { key: 'a', name: '', colors: ['#ffffff'] });
  assert.deepEqual(restored({ swatches: ['#ffffff'], palettes: [book[1]] }, book), [book[1]]);
  assert.deepEqual(restored({}, book), book);
});
