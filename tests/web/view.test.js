import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LARGEST, SMALLEST, View } from '../../src/senga/web/page/view.js';

const near = ([x, y], [u, v]) => assert.ok(Math.hypot(x - u, y - v) < 1e-6, `${[x, y]} is not ${[u, v]}`);

function turned() {
  const view = new View();
  view.resize(800, 600);
  view.fit(400, 300);
  view.angle = 0.7;
  view.mirror = true;
  return view;
}

test('window and drawing places lead to each other', () => {
  const view = turned();
  for (const place of [[0, 0], [400, 300], [123, 45]]) near(view.toDrawing(view.toWindow(place)), place);
});

test('a fitted drawing lies in the middle of the window and inside it', () => {
  const view = new View();
  view.resize(800, 600);
  view.fit(4000, 1000, 24);
  near(view.toWindow([2000, 500]), [400, 300]);
  near(view.toWindow([0, 500]), [24, 300]);
});

test('zooming and turning leave the place under the pointer where it is', () => {
  const view = turned();
  const before = view.toDrawing([150, 420]);
  view.about([150, 420], 1.7, 0.4);
  near(view.toDrawing([150, 420]), before);
  assert.equal(view.fitted, false);
});

test('a pan moves the drawing by px of the window', () => {
  const view = turned();
  const [x, y] = view.toWindow([10, 20]);
  view.pan(30, -8);
  near(view.toWindow([10, 20]), [x + 30, y - 8]);
});

test('zoom ends at its bounds', () => {
  const view = turned();
  view.about(view.middle, 1e9);
  assert.equal(view.scale, LARGEST);
  view.about(view.middle, 1e-9);
  assert.equal(view.scale, SMALLEST);
});
