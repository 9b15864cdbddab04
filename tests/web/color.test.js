import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hexOf, hsvOf, isLight, readHex, rgbOf, rgbOfHsv } from '../../src/senga/web/page/color.js';

test('a color is read in short and long form, and nothing else is one', () => {
  assert.equal(readHex(' #ABC '), '#aabbcc');
  assert.equal(readHex('0a0B0c'), '#0a0b0c');
  for (const text of ['', '#ab', '#abcd', 'red', '#gggggg', '#aabbccdd']) assert.equal(readHex(text), null, text);
});

test('hue, saturation and value of the pure colors are known', () => {
  assert.deepEqual(hsvOf([255, 0, 0]), [0, 1, 1]);
  assert.deepEqual(hsvOf([0, 255, 0]), [120, 1, 1]);
  assert.deepEqual(hsvOf([0, 0, 255]), [240, 1, 1]);
  assert.deepEqual(hsvOf([0, 0, 0]), [0, 0, 0]);
});

test('every color survives the way to the wheel and back', () => {
  for (let n = 0; n < 0x1000000; n += 4099) {
    const hex = `#${n.toString(16).padStart(6, '0')}`;
    assert.equal(hexOf(rgbOfHsv(hsvOf(rgbOf(hex)))), hex);
  }
});

test('black letters stand on yellow, white ones on blue', () => {
  assert.equal(isLight('#ffee00'), true);
  assert.equal(isLight('#0000ff'), false);
});
