import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEEPEST, History } from '../../src/senga/web/page/history.js';
import { FRESH } from '../../src/senga/web/page/request.js';

const state = (tint) => ({ ...FRESH, tint });

test('undo and redo give the very states back', () => {
  const [a, b, c] = [state(0), state(0.1), state(0.2)];
  const history = new History(a);
  history.step(b);
  history.step(c);
  assert.equal(history.undo(), true);
  assert.equal(history.present, b);
  history.undo();
  assert.equal(history.present, a);
  assert.equal(history.undo(), false);
  history.redo();
  history.redo();
  assert.equal(history.present, c);
  assert.equal(history.redo(), false);
});

test('a step after undo forgets what was undone', () => {
  const history = new History(state(0));
  history.step(state(0.1));
  history.undo();
  history.step(state(0.3));
  assert.equal(history.redo(), false);
  assert.equal(history.present.tint, 0.3);
});

test('steps with one tag are one, until they rest', () => {
  const history = new History(state(0));
  for (const tint of [0.1, 0.2, 0.3]) history.step(state(tint), 'tint');
  history.rest();
  history.step(state(0.4), 'tint');
  assert.equal(history.past.length, 2);
  history.undo();
  assert.equal(history.present.tint, 0.3);
});

test('the oldest steps are forgotten', () => {
  const history = new History(state(0));
  for (let i = 1; i <= DEEPEST + 5; i += 1) history.step(state(i));
  assert.equal(history.past.length, DEEPEST);
  assert.equal(history.past[0].tint, 5);
});
