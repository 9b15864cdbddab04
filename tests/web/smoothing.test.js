import assert from 'node:assert/strict';
import { test } from 'node:test';
import { laggedBy, LONGEST, Steadied } from '../../src/senga/web/page/smoothing.js';

/** A line to the right that trembles by `by` px up and down, told of every `step` px; all steps of its stroke. */
function drawn(lag, by, step = 2, force = () => 1) {
  const hand = new Steadied(lag), steps = [];
  for (let x = 0; x <= 400; x += step) steps.push(...hand.move([x, by * Math.sin(x / 3)], force(x)));
  return { hand, steps };
}

const trembles = (steps) => Math.max(...steps.filter(([[x]]) => x > 100 && x < 300).map(([[, y]]) => Math.abs(y)));

test('what trembles is evened out, the more the stronger', () => {
  const [none, some, much] = [0, 0.4, 0.8].map((strength) => trembles(drawn(laggedBy(strength), 4).steps));
  assert.equal(none > 3.5, true);
  assert.ok(some < none / 2 && much < some / 2, `${[none, some, much]}`);
});

test('without smoothing the stroke is what the pen did', () => {
  const { steps } = drawn(0, 4);
  assert.equal(steps.length, 201);
  assert.deepEqual(steps.at(-1)[0][0], 400);
});

test('the stroke follows behind, and what leads on from it ends at the pen', () => {
  const { hand, steps } = drawn(laggedBy(0.8), 0);
  const behind = 400 - steps.at(-1)[0][0];
  assert.ok(behind > 30 && behind < 2.5 * LONGEST, `${behind}`);
  const ahead = hand.ahead();
  assert.deepEqual(ahead.at(-1), [[400, 0], 1]);
  for (const [i, [[x]]] of ahead.entries()) assert.ok(i === 0 || x >= ahead[i - 1][0][0], 'it goes forward');
  assert.deepEqual(hand.ahead([[410, 0], 1]).at(-1)[0], [410, 0], 'and on to where the pen is about to be');
  assert.deepEqual(hand.ahead(), ahead, 'looking ahead moves nothing');
});

test('how often the pen is heard of does not matter', () => {
  const [often, seldom] = [1, 8].map((step) => drawn(10, 0, step).steps.at(-1)[0][0]);
  assert.ok(Math.abs(often - seldom) < 1, `${often} ${seldom}`);
});

test('pressure goes with the place where it was given', () => {
  const { steps } = drawn(laggedBy(0.6), 0, 2, (x) => (x < 200 ? 0.2 : 0.9));
  const at = (wanted) => steps.find(([[x]]) => x > wanted)[1];
  assert.ok(Math.abs(at(120) - 0.2) < 0.02, `${at(120)}`);
  assert.ok(at(290) > 0.8, `${at(290)}`);
});
