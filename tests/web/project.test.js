import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProject, packProject, unpackProject } from '../../src/senga/web/page/project.js';
import { complete, FRESH, requestOf, stateOf } from '../../src/senga/web/page/request.js';
import { unzip, zip } from '../../src/senga/web/page/zip.js';

const MARK = { kind: 'stroke', points: [[1, 2], [3, 4]], color: '#102030', width: 4, pressure: [0.5, 1] };
const MODEL = { name: 'painter', sha256: 'a'.repeat(64) };

function drawing() {
  const state = { ...FRESH, marks: [MARK], mode: 'flat', tint: 0.5, palette: ['#aabbcc'], paletteOn: true,
    reference: { key: 'k', name: 'sky.png' }, strength: 0.25, recolored: [{ from: '#102030', to: '#ffffff' }],
    finished: { key: 'f', name: 'finished' }, locked: [[5, 6.5]], within: [[0, 0], [9, 0], [9, 9]] };
  return { state, name: '線画.png', original: 'knight/1.png', blob: new Blob(['lines']),
    files: { k: new Blob(['sky']), f: new Blob(['colors']) } };
}

test('a project holds the drawing, its reference, what is finished, and all settings', async () => {
  const read = await unpackProject(await packProject(drawing(), ['#d9382b'], MODEL));
  const { reference, finished, ...state } = read.state;
  const { reference: given, finished: done, ...wanted } = drawing().state;
  assert.deepEqual(state, wanted);
  assert.equal(reference.name, given.name);
  assert.equal(finished.name, done.name);
  assert.equal(await read.files[reference.key].text(), 'sky');
  assert.equal(await read.files[finished.key].text(), 'colors');
  assert.equal(await read.blob.text(), 'lines');
  assert.equal(read.original, 'knight 1.png', 'a name is no path');
  assert.deepEqual(read.swatches, ['#d9382b']);
});

test('its parts have the names and the form that are fixed', async () => {
  const parts = await unzip(await packProject(drawing(), ['#d9382b'], MODEL));
  assert.deepEqual([...parts.keys()], ['project.json', 'marks.json', 'drawing', 'reference', 'finished']);
  const facts = JSON.parse(await parts.get('project.json').text());
  assert.deepEqual(facts.model, MODEL);
  assert.deepEqual(facts.swatches, [{ color: '#d9382b', name: '' }]);
  assert.equal(facts.format, 1);
  assert.equal('marks' in facts.request, false);
});

test('what is no project, or one of another form, is told', async () => {
  const facts = new Blob([JSON.stringify({ format: 2 })]), marks = new Blob(['[]']);
  await assert.rejects(unpackProject(await zip([['project.json', facts], ['marks.json', marks]])), /format 2/);
  await assert.rejects(unpackProject(await zip([['marks.json', marks]])), /no project\.json/);
  await assert.rejects(unpackProject(new Blob(['no zip'])), /cannot be read/);
  assert.equal(isProject('A.SENGA'), true);
  assert.equal(isProject('a.senga.png'), false);
});

test('a palette that is off is not asked for, and the mark that grows is', () => {
  const state = { ...FRESH, palette: ['#aabbcc'], marks: [MARK] };
  assert.deepEqual(requestOf(state).palette, []);
  assert.deepEqual(requestOf({ ...state, paletteOn: true }).palette, ['#aabbcc']);
  assert.equal(requestOf(state, { ...MARK, width: 9 }).marks.length, 2);
});

test('nothing is held without the picture of it', () => {
  const state = { ...FRESH, locked: [[1, 2]], within: [[0, 0], [9, 0], [9, 9]] };
  assert.deepEqual([requestOf(state).finished, requestOf(state).locked, requestOf(state).within], [null, [], []]);
  assert.deepEqual(requestOf({ ...state, finished: { key: 'f', name: 'done' } }).locked, [[1, 2]]);
});

test('what an older page kept is completed', () => {
  assert.deepEqual(complete({ tint: 1 }), { ...FRESH, tint: 1 });
  assert.equal(requestOf({ marks: [] }).reach, 'object');
  assert.equal(stateOf({ tint: 0.5 }).light, 1);
  assert.equal(stateOf({ tint: 0.5 }).tint, 0.5);
});
