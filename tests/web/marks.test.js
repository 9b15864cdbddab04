import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extend, finished } from '../../src/senga/web/page/marks.js';

const stroke = (more = {}) => ({ kind: 'stroke', points: [], color: '#102030', width: 4, ...more });

test('points too near to the last are left out, others are rounded to hundredths', () => {
  const mark = stroke();
  assert.equal(extend(mark, [1.23456, 2], 1, 0.5), true);
  assert.equal(extend(mark, [1.5, 2.1], 1, 0.5), false);
  assert.equal(extend(mark, [2, 2], 1, 0.5), true);
  assert.deepEqual(mark.points, [[1.23, 2], [2, 2]]);
});

test('each point has its pressure; a point left out may press the last one harder, never softer', () => {
  const mark = stroke({ pressure: [] });
  extend(mark, [0, 0], 0.4, 1);
  extend(mark, [0.1, 0], 0.9, 1);
  extend(mark, [0.1, 0], 0.2, 1);
  extend(mark, [5, 0], 0.305, 1);
  assert.deepEqual(mark.points, [[0, 0], [5, 0]]);
  assert.deepEqual(mark.pressure, [0.9, 0.31]);
});

test('a finished mark does not change when its stroke goes on', () => {
  const mark = stroke();
  extend(mark, [0, 0], 1, 0);
  const done = finished(mark);
  extend(mark, [9, 9], 1, 0);
  assert.deepEqual(done.points, [[0, 0]]);
});
