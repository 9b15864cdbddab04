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
    files: { k: new Blob(['sky']), f: new Blob(['colors']), s: new Blob(['sea']) }, versions: [] };
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

test('versions come back with what makes them again, each reference once', async () => {
  const sea = { ...FRESH, marks: [MARK], seed: 7, reference: { key: 's', name: 'sea.png' } };
  const own = { ...FRESH, tint: 0.5, reference: { key: 'k', name: 'sky.png' }, finished: { key: 'f', name: 'done' }, locked: [[1, 2]] };
  const versions = [['A', FRESH], ['B', sea], ['C', own], ['D', { ...sea, seed: 8 }]]
    .map(([name, state], i) => ({ key: String(i), name, time: 1_700_000_000_000 + i, state, thumb: new Blob(['small']) }));
  const packed = await packProject({ ...drawing(), versions }, [], null);
  assert.deepEqual([...(await unzip(packed)).keys()], ['project.json', 'marks.json', 'drawing', 'reference', 'finished', 'versions.json', 'reference-2']);
  const read = await unpackProject(packed);
  assert.deepEqual(read.versions.map(({ name, time }) => [name, time]), versions.map(({ name, time }) => [name, time]));
  assert.deepEqual(read.versions.map(({ state }) => state.seed), [0, 7, 0, 8]);
  assert.deepEqual(read.versions[1].state.marks, [MARK]);
  assert.equal(read.versions[2].state.reference.key, read.state.reference.key);
  assert.equal(read.versions[2].state.finished.key, read.state.finished.key);
  assert.deepEqual(read.versions[2].state.locked, [[1, 2]]);
  assert.equal(read.versions[1].state.reference.key, read.versions[3].state.reference.key);
  assert.equal(await read.files[read.versions[1].state.reference.key].text(), 'sea');
  assert.equal(read.versions[0].thumb, null, 'pictures are made again');
});

test('versions of another form are told', async () => {
  const parts = [...await unzip(await packProject(drawing(), [], null))];
  const bad = async (rows) => unpackProject(await zip([...parts, ['versions.json', new Blob([JSON.stringify(rows)])]]));
  const row = { name: 'A', time: '', request: {}, reference: null, finished: null };
  assert.equal((await bad([row])).versions.length, 1);
  await assert.rejects(bad([{ ...row, name: 'x'.repeat(201) }]), /versions 1\.name/);
  await assert.rejects(bad([{ ...row, request: { mode: 'shiny' } }]), /versions 1\.request\.mode/);
  await assert.rejects(bad([row, { ...row, request: { reference: 'a.png' }, reference: 'reference-9' }]), /versions 2: its reference/);
  await assert.rejects(bad([{ ...row, request: { reference: 'a.png' }, reference: 'drawing' }]), /its reference/);
  await assert.rejects(bad(Array.from({ length: 65 }, () => row)), /65 entries/);
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
