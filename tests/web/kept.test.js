import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Kept } from '../../src/senga/web/page/kept.js';

const bitmap = (side) => ({ width: side, height: side, closed: 0, close() { this.closed += 1; } });
const state = () => ({});
const keeping = () => new Kept(({ width, height }) => 4 * width * height, (one) => one.close());
const none = () => false;

test('pictures are kept within a number of bytes, the longest unused go first', () => {
  const kept = keeping(), room = 4 * (3 * 100 * 100);
  const states = Array.from({ length: 4 }, state), pictures = states.map(() => bitmap(100));
  for (const i of [0, 1, 2]) kept.put(states[i], pictures[i]);
  kept.trim(room, none);
  assert.equal(kept.get(states[0]), pictures[0]);
  kept.put(states[3], pictures[3]);
  kept.trim(room, none);
  assert.equal(kept.get(states[1]), undefined);
  assert.deepEqual(pictures.map(({ closed }) => closed), [0, 1, 0, 0]);
  assert.equal(kept.bytes, 4 * 3 * 100 * 100);
});

test('what is in use stays, whatever room there is', () => {
  const kept = keeping(), states = [state(), state(), state()], pictures = states.map(() => bitmap(9));
  for (const i of [0, 1]) kept.put(states[i], pictures[i]);
  kept.trim(0, (_, one) => one === states[0] || one === states[1]);
  assert.equal(kept.get(states[0]), pictures[0]);
  kept.put(states[2], pictures[2]);
  kept.trim(0, (picture) => picture === pictures[2]);
  assert.deepEqual(states.map((one) => kept.get(one)), [undefined, undefined, pictures[2]]);
  assert.deepEqual(pictures.map(({ closed }) => closed), [1, 1, 0]);
});

test('a finer picture of a state takes the place of its old one, and all are let go of once', () => {
  const kept = keeping(), a = state(), pictures = [bitmap(9), bitmap(18)];
  for (const picture of pictures) kept.put(a, picture);
  assert.equal(kept.get(a), pictures[1]);
  kept.clear();
  assert.deepEqual(pictures.map(({ closed }) => closed), [1, 1]);
  assert.equal(kept.bytes, 0);
});

test('what two states share is counted and let go of once, when neither has it', () => {
  const kept = keeping(), [a, b] = [state(), state()], shared = bitmap(10);
  kept.put(a, shared);
  kept.put(b, shared);
  assert.equal(kept.bytes, 400);
  kept.put(a, bitmap(10));
  assert.equal(shared.closed, 0);
  kept.put(b, bitmap(10));
  assert.equal(shared.closed, 1);
});
