import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boxOf, covers } from '../../src/senga/web/page/areas.js';
import { alike, exchanged, followed, putBack } from '../../src/senga/web/page/exchange.js';
import { holding, stillShows } from '../../src/senga/web/page/finishing.js';
import { marksAt, moved, onDrop, reaching, recolored, replaced, touches, widened, wipes } from '../../src/senga/web/page/markedit.js';
import { FRESH, requestOf } from '../../src/senga/web/page/request.js';

const stroke = (more = {}) => ({ kind: 'stroke', points: [[0, 0], [100, 0]], color: '#d9382b', width: 10, ...more });
const fill = (more = {}) => ({ kind: 'fill', points: [[50, 50]], color: '#2f5aa8', ...more });
const erase = (points, width = 10) => ({ kind: 'erase', points, width });

test('a place touches a stroke where its body is, as wide as the pen pressed', () => {
  assert.equal(touches(stroke(), [50, 4.9]), true);
  assert.equal(touches(stroke(), [50, 5.2]), false);
  assert.equal(touches(stroke(), [50, 7], 3), true);
  assert.equal(touches(stroke(), [104, 0]), true, 'its ends are round');
  assert.equal(touches(stroke({ pressure: [0, 1] }), [10, 4]), false);
  assert.equal(touches(stroke({ pressure: [0, 1] }), [95, 4]), true);
  assert.equal(touches(stroke({ points: [[7, 7]] }), [9, 9]), true, 'a dot');
});

test('a fill is taken by its drop, and wiped by what touches the drop', () => {
  assert.equal(onDrop(fill(), [50, 38.1], 1), true, 'its head');
  assert.equal(onDrop(fill(), [50, 49.5], 1), true, 'its tip');
  assert.equal(onDrop(fill(), [50, 60], 1), false);
  assert.equal(wipes(erase([[50, 36]], 2), fill(), 1), true);
  assert.equal(wipes(erase([[50, 50]], 2), fill(), 1), true);
  assert.equal(wipes(erase([[50, 70]], 2), fill(), 1), false);
  assert.equal(wipes(erase([[50, 0]], 20), stroke(), 1), false, 'strokes go where they are touched');
});

test('the topmost mark that is seen at a place comes first; what is erased there is not seen', () => {
  const marks = [stroke(), stroke({ color: '#ffffff' }), fill({ points: [[20, 12]] })];
  assert.deepEqual(marksAt(marks, [20, 0], 1, 0), [2, 1, 0]);
  assert.deepEqual(marksAt(marks, [80, 0], 1, 0), [1, 0]);
  assert.deepEqual(marksAt([marks[0], erase([[80, 0]]), marks[1]], [80, 0], 1, 0), [2]);
  assert.deepEqual(marksAt(marks, [80, 40], 1, 0), []);
});

test('an edit leaves the mark before as it was', () => {
  const mark = Object.freeze(stroke({ points: Object.freeze([[1, 2]]) }));
  assert.deepEqual(moved(mark, 0.333, 1).points, [[1.33, 3]]);
  assert.equal(widened(mark, 22.222).width, 22.22);
  assert.equal(widened(mark, 0).width, 1);
  assert.equal(recolored(mark, '#ffffff').color, '#ffffff');
  assert.equal(reaching(mark, 'far').reach, 'far');
  assert.equal('reach' in reaching(reaching(mark, 'far'), null), false);
  assert.deepEqual(mark, stroke({ points: [[1, 2]] }));
  const marks = [mark, fill()];
  assert.deepEqual(replaced(marks, 0, null), [fill()]);
  assert.deepEqual(replaced(marks, 1, mark), [mark, mark]);
});

test('an exchange follows what is seen', () => {
  const once = exchanged([], '#102030', '#ffffff', true);
  assert.deepEqual(once, [{ from: '#102030', to: '#ffffff' }]);
  assert.deepEqual(exchanged(once, '#ffffff', '#00ff00', false), [{ from: '#102030', to: '#00ff00' }]);
  assert.deepEqual(exchanged(once, '#ffffff', '#00ff00', true).length, 2, 'what was white by itself too');
  assert.deepEqual(exchanged(once, '#ffffff', '#102030', false), [], 'back again');
  assert.equal(alike('#102030', '#112131'), true);
  assert.equal(alike('#102030', '#182838'), false);
});

test('hints of a color follow it, others are the very same', () => {
  const marks = [stroke(), fill(), erase([[0, 0]])];
  const after = followed(marks, '#d9382b', '#000000');
  assert.deepEqual(after.map((m) => m.color), ['#000000', '#2f5aa8', undefined]);
  assert.equal(after[1], marks[1]);
  assert.equal(after[0].told, '#d9382b', 'the model is told what it was');
  const twice = followed(after, '#000000', '#ffffff');
  assert.equal(twice[0].told, '#d9382b');
  assert.deepEqual(putBack(twice, { from: '#d9382b', to: '#ffffff' }), marks);
  assert.equal(putBack(twice, { from: '#00ff00', to: '#ffffff' }), twice);
  assert.equal('told' in recolored(after[0], '#123456'), false, 'a color of its own is told');
  assert.equal(followed(marks, '#777777', '#000000'), marks);
});

test('a picture of finished colors serves as long as nothing but what is held changes, and nothing is freed', () => {
  const point = [1, 2], made = { ...FRESH, locked: [point], finished: { key: 'a', name: 'x' } };
  assert.equal(stillShows(made, { ...made, locked: [point, [3, 4]] }), true);
  assert.equal(stillShows(made, { ...made, locked: [] }), false);
  assert.equal(stillShows(made, { ...made, tint: 0.5 }), false);
  assert.equal(stillShows(FRESH, made), true);
});

test('what holds nothing needs no picture', () => {
  const state = { ...FRESH, locked: [[1, 2]], finished: { key: 'a', name: 'x' } };
  assert.equal(holding(state, { locked: [] }).finished, null);
  assert.equal(holding({ ...state, within: [[0, 0], [1, 0], [1, 1]] }, { locked: [] }).finished.key, 'a');
  assert.equal(requestOf({ ...state, ...holding(state, { locked: [] }) }).finished, null);
});

test('an area is cut out with room for its rim, and covers what it did', () => {
  const data = new Uint8ClampedArray(4 * 20 * 10);
  for (const [x, y] of [[8, 4], [9, 4], [8, 5]]) data[4 * (y * 20 + x) + 3] = 255;
  const box = boxOf(data, 20, 10);
  assert.deepEqual(box, { x: 6, y: 2, wide: 6, high: 6 });
  assert.equal(boxOf(new Uint8ClampedArray(4 * 20 * 10), 20, 10), null);
  const alpha = new Uint8Array(36);
  alpha[2 * 6 + 2] = 255; // (8, 4)
  const area = { bitmap: { width: 6, height: 6 }, alpha, x: 6, y: 2, width: 20, height: 10 };
  assert.equal(covers(area, { width: 40, height: 20 }, [17, 9]), true);
  assert.equal(covers(area, { width: 40, height: 20 }, [15, 9]), false);
  assert.equal(covers(area, { width: 40, height: 20 }, [39, 19]), false);
});
