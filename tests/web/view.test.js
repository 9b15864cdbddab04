import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LARGEST, SMALLEST, snapped, View } from '../../src/senga/web/page/view.js';

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

test('a view turned to an angle keeps its place, and says its degrees', () => {
  for (const mirror of [false, true]) {
    const view = turned();
    view.mirror = mirror;
    const before = view.toDrawing([150, 420]);
    view.turnTo((200 * Math.PI) / 180, [150, 420]);
    near(view.toDrawing([150, 420]), before);
    assert.equal(view.degrees, -160);
    const [[x, y], [u, v]] = [view.toWindow([0, 0]), view.toWindow([0, -100])];
    assert.ok(Math.abs(((Math.atan2(u - x, y - v) * 180) / Math.PI) + 160) < 1e-6, 'up points there, mirrored or not');
  }
});

test('half a turn is 180 degrees, whole ones are none', () => {
  const view = turned();
  for (const [angle, degrees] of [[Math.PI, 180], [-Math.PI, 180], [4 * Math.PI, 0], [-Math.PI / 2, -90]]) {
    view.turnTo(angle, view.middle);
    assert.equal(view.degrees, degrees);
  }
});

test('a free turn catches at quarters', () => {
  const degree = Math.PI / 180;
  assert.equal(snapped(3 * degree), 0);
  assert.equal(snapped(-3 * degree) + 0, 0);
  assert.equal(snapped(87 * degree), Math.PI / 2);
  assert.equal(snapped(181 * degree), Math.PI);
  assert.equal(snapped(12 * degree), 12 * degree);
});
