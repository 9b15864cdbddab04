import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allColors, marksOf, patternOf, renamed, seedsOf, withoutPart } from '../../src/senga/web/page/characters.js';

const MINA = {
  key: 'k', name: 'Mina', colors: [{ part: 'hair', color: '#8c3b2e' }, { part: 'skin', color: '#f8d9c4' }], palette: ['#f4efe6', '#8c3b2e'],
  reference: null, reference_strength: 1,
  hints: [
    { color: 'hair', at: [[0.5, 0.25], [1, 1]], radius: 0.01, drawing: '' },
    { color: '#ABCDEF', at: [[0, 0]], radius: 0.02, drawing: 'girl*.png' },
  ],
};
const name = (n) => `color-${n}`;

test('hints lie where their shares say, on drawings of their names', () => {
  const marks = marksOf(MINA, { width: 101, height: 201, name: 'dress.png' });
  assert.deepEqual(marks, [{ kind: 'stroke', points: [[50, 50], [100, 200]], color: '#8c3b2e', width: 2 * 0.01 * 201 }]);
  assert.equal(marksOf(MINA, { width: 101, height: 201, name: 'girl-2.png' })[1].color, '#abcdef');
});

test('patterns are read as the command line reads them', () => {
  const fits = (pattern, text) => patternOf(pattern).test(text);
  assert.ok(fits('girl*', 'girl.png') && fits('g?rl.png', 'girl.png') && fits('[fg]irl*', 'girl') && fits('[!f]irl', 'girl'));
  assert.ok(!fits('girl', 'girl.png') && !fits('girl*', 'Girl') && !fits('[!g]irl', 'girl') && !fits('a.c', 'abc'));
  assert.ok(fits('a(b', 'a(b') && fits('[x', '[x') && fits('*', '線画'));
});

test('all colors are there once', () => {
  assert.deepEqual(allColors(MINA), ['#8c3b2e', '#f8d9c4', '#f4efe6']);
});

test('a character is made of hints and lays them again where they were', () => {
  const size = { width: 400, height: 300 };
  const marks = [
    { kind: 'stroke', points: [[10, 20], [30, 40]], color: '#e01020', width: 8 },
    { kind: 'fill', points: [[399, 299]], color: '#1030e0' },
    { kind: 'stroke', points: [[5, 5]], color: '#e01020', width: 8, pressure: [1] },
  ];
  const { colors, hints } = seedsOf(marks, size, name);
  assert.deepEqual(colors, [{ part: 'color-1', color: '#e01020' }, { part: 'color-2', color: '#1030e0' }]);
  const again = marksOf({ colors, hints }, { ...size, name: 'a.png' });
  assert.equal(again.length, 3);
  for (const [i, mark] of again.entries()) {
    assert.equal(mark.color, marks[i].color);
    mark.points.forEach(([x, y], j) => assert.ok(Math.hypot(x - marks[i].points[j][0], y - marks[i].points[j][1]) < 0.01));
  }
  assert.ok(Math.abs(again[0].width - 8) < 0.01);
});

test('what was erased later is not in the character', () => {
  const stroke = { kind: 'stroke', points: [[10, 10], [20, 10], [30, 10], [40, 10]], color: '#e01020', width: 4 };
  const eraser = { kind: 'erase', points: [[20, 0], [20, 30]], width: 6 };
  const { hints } = seedsOf([stroke, eraser], { width: 101, height: 101 }, name);
  assert.deepEqual(hints.map(({ at }) => at.map(([x]) => x)), [[0.1], [0.3, 0.4]]);
  assert.equal(seedsOf([eraser, stroke], { width: 101, height: 101 }, name).hints.length, 1);
  const whole = { kind: 'erase', points: [[0, 10], [100, 10]], width: 6 };
  assert.deepEqual(seedsOf([stroke, whole], { width: 101, height: 101 }, name), { colors: [], hints: [] });
});

test('long strokes are hints of some points, their ends among them', () => {
  const points = Array.from({ length: 1000 }, (_, i) => [i, 0]);
  const [{ at }] = seedsOf([{ kind: 'stroke', points, color: '#e01020', width: 4 }], { width: 1000, height: 10 }, name).hints;
  assert.equal(at.length, 64);
  assert.deepEqual([at[0][0], at.at(-1)[0]], [0, 1]);
});

test('a part is renamed with its hints, and not to a name that is taken', () => {
  const made = renamed(MINA, 'hair', ' long hair ');
  assert.equal(made.colors[0].part, 'long hair');
  assert.equal(made.hints[0].color, 'long hair');
  assert.equal(renamed(MINA, 'hair', 'skin'), MINA);
  assert.equal(renamed(MINA, 'hair', '  '), MINA);
  assert.deepEqual(withoutPart(MINA, 'hair').hints.map(({ color }) => color), ['#ABCDEF']);
});
