// What a project file says, held against the form that is fixed in senga.color.project, request and marks: a file may
// come from anybody, and what is not of that form goes no further than here. Each error is one line with its place.

/** @import { Mark, Point, Reach, Request } from './types.d.ts' */
/** @typedef {{name: string, time: number, request: Partial<Request>, pictures: {reference: string | null, finished: string | null, colored: string | null}}} VersionFacts */

const MARKS = 10_000, POINTS = 10_000, ALL_POINTS = 200_000, FAR = 100_000, WIDEST = 10_000;
/** @type {Reach[]} */
const REACHES = ['region', 'object', 'far'];
const PALETTE = 256, SWATCHES = 10_000, NAME = 200, SEED = 2 ** 53 - 1, LIGHT = 1.5, GAP = 8, RECOLORED = 256, LOCKED = 10_000, LASSO = 10_000, CANDIDATES = 64, VERSIONS = 64;

/** @typedef {Record<string, unknown>} Table */

/**
 * What a project's facts and marks say; throws where they are of another form.
 * @param {unknown} facts
 * @param {unknown} marks
 * @returns {{name: string, request: Partial<Request>, swatches: string[]}}
 */
export function projectFacts(facts, marks) {
  const given = table(facts, 'project');
  if (given.format !== 1) throw new Error(`format ${shown(given.format)}`);
  const name = text(table(given.drawing, 'drawing').name, 'drawing.name');
  if (!name || /[/\\:]/.test(name) || /^\.{1,2}$/.test(name)) throw new Error('drawing.name is no name of a file');
  const swatches = list(given.swatches, 'swatches', SWATCHES, (entry, place) => {
    const swatch = table(entry, place);
    text(swatch.name ?? '', `${place}.name`);
    return color(swatch.color, `${place}.color`);
  });
  return { name, request: { ...request(given.request), marks: allMarks(marks) }, swatches };
}

/**
 * What a project says of its versions; `time` is ms, 0 where it is not said, `pictures` the parts that they lie in.
 * @param {unknown} value
 * @returns {VersionFacts[]}
 */
export function versionFacts(value) {
  return list(value, 'versions', VERSIONS, (entry, place) => {
    const given = table(entry, place);
    const { marks = [], ...settings } = table(given.request, `${place}.request`);
    const part = (/** @type {'reference' | 'finished' | 'colored'} */ kind) => (given[kind] ?? null) === null ? null : text(given[kind], `${place}.${kind}`);
    return {
      name: text(given.name, `${place}.name`),
      time: Date.parse(text(given.time ?? '', `${place}.time`)) || 0,
      request: { ...request(settings, `${place}.request`), marks: allMarks(marks) },
      pictures: { reference: part('reference'), finished: part('finished'), colored: part('colored') },
    };
  });
}

/**
 * @param {unknown} value
 * @returns {Partial<Request>}
 */
function request(value, at = 'request') {
  const given = table(value, at);
  const place = (/** @type {string} */ key) => `${at}.${key}`;
  /** @type {Record<string, (value: unknown, place: string) => unknown>} */
  const known = {
    palette: (v, p) => list(v, p, PALETTE, color),
    reference: (v, p) => (v === null ? null : text(v, p)),
    colored: (v, p) => (v === null ? null : text(v, p)),
    reference_strength: (v, p) => number(v, p, 0, 1),
    tint: (v, p) => number(v, p, 0, 1),
    mode: (v, p) => oneOf(v, p, ['paint', 'flat']),
    light: (v, p) => number(v, p, 0, LIGHT),
    shade: (v, p) => (v === null ? null : number(v, p, 0, LIGHT)),
    light_softness: (v, p) => number(v, p, 0, 1),
    shade_softness: (v, p) => number(v, p, 0, 1),
    shade_tint: (v, p) => (v === null ? null : color(v, p)),
    light_side: (v, p) => number(v, p, -1, 1),
    reach: (v, p) => oneOf(v, p, REACHES),
    gap: (v, p) => number(v, p, 0, GAP),
    candidates: (v, p) => whole(v, p, 1, CANDIDATES),
    seed: (v, p) => whole(v, p, 0, SEED),
    recolored: (v, p) => list(v, p, RECOLORED, exchange),
    finished: (v, p) => (v === null ? null : text(v, p)),
    locked: (v, p) => list(v, p, LOCKED, point),
    within: (v, p) => list(v, p, LASSO, point),
  };
  const stranger = Object.keys(given).find((key) => !Object.hasOwn(known, key));
  if (stranger !== undefined) throw new Error(`${at}: unknown ${shown(stranger)}`);
  return Object.fromEntries(Object.entries(given).map(([key, v]) => [key, known[key](v, place(key))]));
}

/**
 * @param {unknown} value
 * @param {string} place
 */
function exchange(value, place) {
  const given = table(value, place);
  return { from: color(given.from, `${place}.from`), to: color(given.to, `${place}.to`) };
}

/**
 * @param {unknown} value
 * @returns {Mark[]}
 */
function allMarks(value) {
  const marks = list(value, 'marks', MARKS, mark);
  const points = marks.reduce((sum, { points: own }) => sum + own.length, 0);
  if (points > ALL_POINTS) throw new Error(`marks: ${points} points; at most ${ALL_POINTS}`);
  return marks;
}

/**
 * @param {unknown} value
 * @param {string} place
 * @returns {Mark}
 */
function mark(value, place) {
  const given = table(value, place);
  const kind = oneOf(given.kind, `${place}.kind`, ['stroke', 'erase', 'fill']);
  const points = list(given.points, `${place}.points`, kind === 'fill' ? 1 : POINTS, point);
  if (!points.length) throw new Error(`${place}: no points`);
  /** @type {{reach?: Reach, told?: string}} */
  const far = {};
  if (given.reach !== undefined && kind !== 'erase') far.reach = oneOf(given.reach, `${place}.reach`, REACHES);
  if (given.told !== undefined && kind !== 'erase') far.told = color(given.told, `${place}.told`);
  if (kind === 'fill') return { kind, points, color: color(given.color, `${place}.color`), ...far };
  const width = number(given.width, `${place}.width`, 0, WIDEST);
  if (width === 0) throw new Error(`${place}.width is 0`);
  /** @type {{points: Point[], width: number, pressure?: number[]}} */
  const body = { points, width };
  const share = (/** @type {unknown} */ v, /** @type {string} */ p) => number(v, p, 0, 1);
  const pressure = list(given.pressure ?? [], `${place}.pressure`, POINTS, share);
  if (pressure.length && pressure.length !== points.length) throw new Error(`${place}: ${pressure.length} numbers of pressure`);
  if (pressure.length) body.pressure = pressure;
  return kind === 'erase' ? { kind, ...body } : { kind, ...body, color: color(given.color, `${place}.color`), ...far };
}

/**
 * @param {unknown} value
 * @param {string} place
 * @returns {Point}
 */
function point(value, place) {
  const [x, y] = list(value, place, 2, (v, p) => number(v, p, -FAR, FAR));
  if (y === undefined) throw new Error(`${place} is no [x, y]`);
  return [x, y];
}

/**
 * @param {unknown} value
 * @param {string} place
 * @returns {Table}
 */
function table(value, place) {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${place} is no object`);
  return /** @type {Table} */ (value);
}

/**
 * @template Entry
 * @param {unknown} value
 * @param {string} place
 * @param {number} most
 * @param {(entry: unknown, place: string) => Entry} read
 * @returns {Entry[]}
 */
function list(value, place, most, read) {
  if (!Array.isArray(value)) throw new Error(`${place} is no list`);
  if (value.length > most) throw new Error(`${place}: ${value.length} entries; at most ${most}`);
  return value.map((entry, i) => read(entry, `${place} ${i + 1}`));
}

/**
 * @param {unknown} value
 * @param {string} place
 * @param {number} low
 * @param {number} high
 */
function number(value, place, low, high) {
  if (typeof value !== 'number' || !(value >= low && value <= high)) throw new Error(`${place} is not from ${low} to ${high}`);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} place
 * @param {number} low
 * @param {number} high
 */
function whole(value, place, low, high) {
  const found = number(value, place, low, high);
  if (!Number.isInteger(found)) throw new Error(`${place} is no whole number`);
  return found;
}

/**
 * @template {string} Word
 * @param {unknown} value
 * @param {string} place
 * @param {Word[]} words
 */
function oneOf(value, place, words) {
  const found = words.find((word) => word === value);
  if (found === undefined) throw new Error(`${place} is none of ${words.join(', ')}`);
  return found;
}

/**
 * A text that can be shown on one line.
 * @param {unknown} value
 * @param {string} place
 */
function text(value, place) {
  if (typeof value !== 'string') throw new Error(`${place} is no text`);
  if ([...value].length > NAME) throw new Error(`${place}: ${value.length} characters; at most ${NAME}`);
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(value)) throw new Error(`${place} holds what cannot be shown`);
  return value;
}

/**
 * @param {unknown} value
 * @param {string} place
 */
function color(value, place) {
  if (typeof value !== 'string' || !/^#[0-9a-f]{6}$/i.test(value)) throw new Error(`${place} is no color as '#rrggbb'`);
  return value.toLowerCase();
}

/** @param {unknown} value */
function shown(value) {
  return String(JSON.stringify(value) ?? value).slice(0, 40);
}
