import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bytesOf, Remembered } from '../../src/senga/web/page/remembered.js';
import { FRESH } from '../../src/senga/web/page/request.js';

const picture = (side) => ({ width: side, height: side, closed: 0, close() { this.closed += 1; } });
const colors = (side, ink = null) => ({ bitmap: picture(side), ink, seconds: 0, side });
const state = (seed) => ({ ...FRESH, seed });

test('bytes are those of colors and ink', () => {
  assert.equal(bytesOf(colors(100)), 40_000);
  assert.equal(bytesOf(colors(100, picture(10))), 40_400);
});

test('two hundred strokes at 12 megapixels stay within the room, and what is let go of is closed once', () => {
  const kept = new Remembered(100_000_000);
  const all = [];
  for (let seed = 0; seed < 200; seed += 1) {
    const between = colors(3464), made = colors(3464);
    all.push(between, made);
    kept.show(between, undefined); // of a stroke that grows
    kept.show(made, state(seed));
    assert.ok(kept.bytes <= 100_000_000, `${kept.bytes}`);
  }
  const open = all.filter(({ bitmap }) => !bitmap.closed);
  assert.equal(open.length, 2);
  assert.ok(open.includes(kept.shown));
  assert.ok(all.every(({ bitmap }) => bitmap.closed <= 1));
});

test('small pictures are all there for undo, the longest unused goes first', () => {
  const kept = new Remembered(5 * 40_000);
  const states = [0, 1, 2, 3, 4].map(state);
  for (const one of states) kept.show(colors(100), one);
  assert.ok(states.every((one) => kept.get(one)));
  kept.get(states[0]);
  kept.show(colors(100), state(5));
  assert.equal(kept.get(states[1]), undefined);
  assert.ok(kept.get(states[0]));
});

test('what is shown stays, however large it is', () => {
  const kept = new Remembered(10);
  const [one, two] = [colors(100), colors(100)];
  const there = state(1);
  kept.show(one, there);
  assert.equal(one.bitmap.closed, 0);
  kept.show(two, state(2));
  assert.equal(one.bitmap.closed, 1);
  kept.trim(0);
  assert.equal(two.bitmap.closed, 0);
  assert.equal(kept.get(there), undefined);
  kept.clear();
  assert.equal(two.bitmap.closed, 1);
});

test('a newer answer to the same state takes the place of the older one, which is closed', () => {
  const kept = new Remembered();
  const there = state(1);
  const [coarse, fine] = [colors(10), colors(100)];
  kept.show(coarse, there);
  kept.show(fine, there);
  assert.equal(coarse.bitmap.closed, 1);
  assert.equal(kept.get(there), fine);
  kept.show(fine, there);
  assert.equal(fine.bitmap.closed, 0);
});
