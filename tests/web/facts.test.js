import assert from 'node:assert/strict';
import { test } from 'node:test';
import { projectFacts } from '../../src/senga/web/page/facts.js';
import { unpackProject } from '../../src/senga/web/page/project.js';
import { zip } from '../../src/senga/web/page/zip.js';

const STROKE = { kind: 'stroke', points: [[1, 2], [3, 4]], color: '#102030', width: 4, pressure: [0.5, 1] };
const FILL = { kind: 'fill', points: [[1, 2]], color: '#A0B0C0' };
const facts = (changes = {}) => ({ format: 1, drawing: { name: 'a.png' }, request: {}, swatches: [], model: null, ...changes });
const told = (given, marks = []) => {
  try { projectFacts(given, marks); } catch (error) { return error.message; }
  return '';
};

test('what is of the form comes through, colors in small letters, and nothing else', () => {
  const erase = { kind: 'erase', points: [[0, 0]], width: 9 };
  const read = projectFacts(facts({ swatches: [{ color: '#FFEEDD', name: '肌' }], request: { light: 1.5, mode: 'flat', reference: null } }),
    [{ ...STROKE, onclick: 'alert(1)' }, FILL, erase]);
  assert.deepEqual(read.request, { light: 1.5, mode: 'flat', reference: null,
    marks: [STROKE, { ...FILL, color: '#a0b0c0' }, erase] });
  assert.deepEqual(read.swatches, ['#ffeedd']);
});

const SCRIPT = '"><img src=x onerror=alert(1)>', ONCE = [[0, 0]];

for (const [name, given, marks] of [
  ['a color that is a script', facts({ swatches: [{ color: SCRIPT, name: '' }] })],
  ['a color that is no text', facts({ swatches: [{ color: { trim: 1 }, name: '' }] })],
  ['a color of a style', facts({ swatches: [{ color: 'red', name: '' }] })],
  ['a color with a line break', facts({ swatches: [{ color: '#102030\n', name: '' }] })],
  ['a swatch that is none', facts({ swatches: [null] })],
  ['swatches without end', facts({ swatches: Array.from({ length: 10_001 }, () => ({ color: '#000000', name: '' })) })],
  ['a name of a swatch without end', facts({ swatches: [{ color: '#000000', name: 'x'.repeat(201) }] })],
  ['a name without end', facts({ drawing: { name: 'x'.repeat(1e6) } })],
  ['a name that is a path', facts({ drawing: { name: '../../etc/passwd' } })],
  ['a name that turns the text around', facts({ drawing: { name: 'gnp.\u202Eexe' } })],
  ['a name with a line break', facts({ drawing: { name: 'a\nb' } })],
  ['a name that is none', facts({ drawing: { name: 7 } })],
  ['a reference that is none', facts({ request: { reference: { toString: 1 } } })],
  ['a mode that is none', facts({ request: { mode: SCRIPT } })],
  ['a key that is none', facts({ request: { onload: 1 } })],
  ['a key of every object', facts({ request: JSON.parse('{"__proto__": 1}') })],
  ['a number that is none', facts({ request: { tint: '0' } })],
  ['a number out of range', facts({ request: { light: 1e9 } })],
  ['a seed that is not whole', facts({ request: { seed: 0.5 } })],
  ['a palette without end', facts({ request: { palette: Array(257).fill('#000000') } })],
  ['no facts', null],
  ['a list of facts', []],
  ['marks that are no list', facts(), { length: 3 }],
  ['marks without end', facts(), Array(10_001).fill(FILL)],
  ['points without end', facts(), [{ ...STROKE, points: Array(10_001).fill([0, 0]), pressure: [] }]],
  ['points without end in all', facts(), Array(21).fill({ kind: 'erase', width: 1, points: Array(10_000).fill([0, 0]) })],
  ['no points', facts(), [{ ...STROKE, points: [] }]],
  ['a point that is none', facts(), [{ ...FILL, points: [[1]] }]],
  ['a point in space', facts(), [{ ...FILL, points: [[1, 2, 3]] }]],
  ['a point far away', facts(), [{ ...FILL, points: [[1e300, 0]] }]],
  ['a point of no number', facts(), [{ ...FILL, points: [[null, 0]] }]],
  ['two points of a fill', facts(), [{ ...FILL, points: [[0, 0], [1, 1]] }]],
  ['a width of nothing', facts(), [{ kind: 'erase', points: ONCE, width: 0 }]],
  ['a width without end', facts(), [{ kind: 'erase', points: ONCE, width: 1e9 }]],
  ['pressure of other points', facts(), [{ ...STROKE, pressure: [1] }]],
  ['a mark that is none', facts(), [{ kind: 'script', points: ONCE }]],
  ['a mark without a kind', facts(), [null]],
]) {
  test(`${name} is refused in one short line`, () => {
    const said = told(given, marks);
    assert.notEqual(said, '');
    assert.ok(said.length < 120 && !said.includes('\n'), said);
  });
}

test('a page is told of a project of another form, and goes on', async () => {
  const parts = (given, marks = [], more = []) => zip([['project.json', new Blob([JSON.stringify(given)])],
    ['marks.json', new Blob([JSON.stringify(marks)])], ['drawing', new Blob(['x'])], ...more]);
  assert.equal((await unpackProject(await parts(facts()))).original, 'a.png');
  await assert.rejects(unpackProject(await parts(facts({ swatches: [{ color: SCRIPT, name: '' }] }))), /swatches 1\.color/);
  await assert.rejects(unpackProject(await parts(facts(), [], [['evil.js', new Blob(['x'])]])), /not of its form: evil\.js/);
  await assert.rejects(unpackProject(await parts(facts({ request: { reference: 'r' } }))), /no reference/);
  await assert.rejects(unpackProject(await parts(facts({ padding: 'x'.repeat(4_000_001) }))), /too large/);
  const deep = new Blob([`${'['.repeat(1e6)}${']'.repeat(1e6)}`]);
  await assert.rejects(unpackProject(await zip([['project.json', deep], ['marks.json', deep], ['drawing', new Blob(['x'])]])));
});
