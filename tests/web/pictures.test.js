import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gallery } from '../../src/senga/web/page/pictures.js';

const bitmap = (side) => ({ width: side, height: side, closed: 0, close() { this.closed += 1; } });
const state = () => ({});

test('pictures are kept within a number of bytes, the longest unused go first', () => {
  const gallery = new Gallery(4 * (3 * 100 * 100));
  const states = Array.from({ length: 4 }, state), pictures = states.map(() => bitmap(100));
  for (const i of [0, 1, 2]) gallery.put(states[i], pictures[i], []);
  assert.equal(gallery.get(states[0]), pictures[0]);
  gallery.put(states[3], pictures[3], []);
  assert.equal(gallery.get(states[1]), undefined);
  assert.deepEqual(pictures.map(({ closed }) => closed), [0, 1, 0, 0]);
  assert.equal(gallery.bytes, 4 * 3 * 100 * 100);
});

test('what is shown stays, whatever room there is', () => {
  const gallery = new Gallery(0), [a, b, c] = [state(), state(), state()], pictures = [bitmap(9), bitmap(9), bitmap(9)];
  gallery.put(a, pictures[0], [a, b]);
  gallery.put(b, pictures[1], [a, b]);
  assert.equal(gallery.get(a), pictures[0]);
  gallery.put(c, pictures[2], [c, null]);
  assert.equal(gallery.get(a), undefined);
  assert.equal(gallery.get(b), undefined);
  assert.equal(gallery.get(c), pictures[2]);
});

test('a finer picture of a state takes the place of its old one, and all are let go of once', () => {
  const gallery = new Gallery(1e9), a = state(), pictures = [bitmap(9), bitmap(18)];
  gallery.put(a, pictures[0], [a]);
  gallery.put(a, pictures[1], [a]);
  assert.equal(gallery.get(a), pictures[1]);
  gallery.clear();
  assert.deepEqual(pictures.map(({ closed }) => closed), [1, 1]);
  assert.equal(gallery.bytes, 0);
});
