import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ask, COUNT, patchOf, stateWith, toggleMark } from '../../src/senga/web/page/candidates.js';
import { FRESH } from '../../src/senga/web/page/request.js';

const idea = (more = {}) => ({ key: 'k', seed: 3, palette: [], chosen: false, marked: false, thumb: new Blob(), ...more });

test('an idea without a palette changes the seed, and takes the palette off', () => {
  assert.deepEqual(patchOf(idea(), { ...FRESH, palette: ['#112233'], paletteOn: true }), { seed: 3, paletteOn: false, colored: null });
});

test('a palette that was chosen for an idea is known as one', () => {
  const own = idea({ palette: ['#112233'] });
  assert.equal(patchOf(own, FRESH).fromIdea, false);
  assert.equal(patchOf(own, { ...FRESH, fromIdea: true }).fromIdea, true);
  assert.equal(patchOf({ ...own, chosen: true }, FRESH).fromIdea, true);
  assert.equal(patchOf(own, FRESH).paletteOn, true);
});

test('the state with an idea is the same one until the drawing changes', () => {
  const drawing = { state: { ...FRESH, tint: 0.5 } }, one = idea({ key: 'same' });
  const state = stateWith(drawing, one);
  assert.equal(state.seed, 3);
  assert.equal(state.tint, 0.5);
  assert.equal(stateWith(drawing, one), state);
  drawing.state = { ...drawing.state };
  assert.notEqual(stateWith(drawing, one), state);
});

test('a mark is set and taken away, and is kept', () => {
  let saved = 0;
  const drawing = { ideas: [idea({ key: 'a' }), idea({ key: 'b' })], emit: () => {}, save: () => { saved += 1; } };
  toggleMark(drawing, 'b');
  assert.deepEqual(drawing.ideas.map(({ marked }) => marked), [false, true]);
  toggleMark(drawing, 'b');
  assert.deepEqual(drawing.ideas.map(({ marked }) => marked), [false, false]);
  assert.equal(saved, 2);
});

function asking(ideas, signal) {
  const asked = [];
  const drawing = { ideas, thinking: false, nextSeed: null, state: FRESH, emit: () => {}, save: () => {} };
  async function* source(of, count, seed) {
    asked.push(seed);
    for (let i = 0; i < count; i += 1) {
      if (signal?.stopAt === i) signal.aborted = true;
      yield { index: i, seed: seed + i, palette: i === 2 ? ['#102030'] : [], png: btoa('picture') };
    }
  }
  return { drawing, asked, source };
}

test('others take the place of ideas that are not marked', async () => {
  const { drawing, asked, source } = asking([idea({ key: 'a', marked: true }), idea({ key: 'b' })]);
  const heard = [];
  await ask(drawing, { aborted: false }, (share) => heard.push(share), source);
  assert.equal(drawing.ideas.length, COUNT + 1);
  assert.equal(drawing.ideas[0].key, 'a');
  assert.equal(drawing.ideas.some(({ key }) => key === 'b'), false);
  assert.deepEqual(drawing.ideas.slice(1).map(({ chosen }) => chosen), [false, false, true, false, false, false, false, false]);
  assert.equal(await drawing.ideas[1].thumb.text(), 'picture');
  assert.equal(heard.at(-1), 1);
  await ask(drawing, { aborted: false }, () => {}, source);
  assert.deepEqual(asked, [0, COUNT]);
  assert.equal(new Set(drawing.ideas.map(({ key }) => key)).size, COUNT + 1);
});

test('what was there when it was cancelled stays, and others can be asked for', async () => {
  const signal = { aborted: false, stopAt: 3 };
  const { drawing, source } = asking([], signal);
  await ask(drawing, signal, () => {}, source);
  assert.equal(drawing.ideas.length, 3);
  assert.equal(drawing.thinking, false);
});

test('who is asked already is not asked again', async () => {
  const drawing = { thinking: true, ideas: [idea()] };
  await ask(drawing, { aborted: false }, () => {}, () => assert.fail('asked'));
  assert.equal(drawing.ideas.length, 1);
});
