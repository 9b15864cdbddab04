import assert from 'node:assert/strict';
import { test } from 'node:test';
import { unzip, zip } from '../../src/senga/web/page/zip.js';

// Made by Python's zipfile: words.txt, "line art " twenty times, deflated; 線.txt, "ink", stored.
const DEFLATED = [
  'UEsDBBQAAAAIAAAAIQBfG1aRDgAAALQAAAAJAAAAd29yZHMudHh0y8nMS1VILCpRyBk6DABQSwMEFAAACAAAAAAhAETXWZkDAAAAAwAAAAcAAA',
  'Dnt5oudHh0aW5rUEsBAhQDFAAAAAgAAAAhAF8bVpEOAAAAtAAAAAkAAAAAAAAAAAAAAIABAAAAAHdvcmRzLnR4dFBLAQIUAxQAAAgAAAAAIQBE',
  '11mZAwAAAAMAAAAHAAAAAAAAAAAAAACAATUAAADnt5oudHh0UEsFBgAAAAACAAIAbAAAAF0AAAAAAA==',
].join('');

const texts = async (files) => Object.fromEntries(
  await Promise.all([...files].map(async ([name, blob]) => [name, await blob.text()])));

test('what was packed comes out again, names in any script', async () => {
  const bytes = new Uint8Array(70000).map((_, i) => (i * 31) % 251);
  const packed = await zip([['線画-color.png', new Blob([bytes])], ['empty', new Blob([])]]);
  assert.equal(packed.type, 'application/zip');
  const files = await unzip(packed);
  assert.deepEqual([...files.keys()], ['線画-color.png', 'empty']);
  assert.deepEqual(new Uint8Array(await files.get('線画-color.png').arrayBuffer()), bytes);
  assert.equal(files.get('empty').size, 0);
});

test('files are stored as they are, and equal files make equal zips', async () => {
  const files = [['a.txt', new Blob(['line art '.repeat(50)])]];
  const one = await bytesOf(await zip(files));
  assert.deepEqual(one, await bytesOf(await zip(files)));
  assert.ok(new TextDecoder('latin1').decode(one).includes('line art '.repeat(50)));
});

test('a name that occurs again gets a number before its ending', async () => {
  const files = ['a.png', 'a.png', 'b', 'b', 'a.png'].map((name, i) => [name, new Blob([String(i)])]);
  assert.deepEqual(await texts(await unzip(await zip(files))), { 'a.png': '0', 'a-2.png': '1', b: '2', 'b-2': '3', 'a-3.png': '4' });
});

test('deflated files of other programs are read', async () => {
  const packed = new Blob([Buffer.from(DEFLATED, 'base64')]);
  assert.deepEqual(await texts(await unzip(packed)), { 'words.txt': 'line art '.repeat(20), '線.txt': 'ink' });
});

test('what is no zip, cut off or too large is refused', async () => {
  await assert.rejects(unzip(new Blob(['not a zip'])));
  await assert.rejects(unzip(new Blob([])));
  const whole = await bytesOf(await zip([['a', new Blob(['abc'])]]));
  await assert.rejects(unzip(new Blob([whole.slice(0, -30)])));
  const boast = whole.slice();
  const size = new DataView(boast.buffer);
  size.setUint32(boast.length - 22 - 47 + 24, 700_000_001, true); // what the table says of the unpacked size
  await assert.rejects(unzip(new Blob([boast])), /too large/);
});

async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}
