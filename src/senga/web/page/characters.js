// Characters and drawings: what hints a character lays on a drawing, and what character a drawing's hints make. The same
// as senga.color.character does, so that a character is one thing here and on the command line.

/** @import { Character, Mark, Point, Seed } from './types.d.ts' */

const DOT = 0.01; // radius of a fill's hint, share of the longer side
const POINTS = 64; // most points of a hint that is made of a stroke

/**
 * A pattern of file names as Python's fnmatch reads it: `*`, `?`, `[abc]`, `[!abc]`; capitals count.
 * @param {string} pattern
 */
export function patternOf(pattern) {
  let made = '';
  for (let i = 0; i < pattern.length; i += 1) {
    const c = pattern[i];
    const end = c === '[' ? pattern.indexOf(']', i + (pattern[i + 1] === '!' ? 3 : 2)) : -1;
    if (c === '*') made += '.*';
    else if (c === '?') made += '.';
    else if (end > 0) {
      const inner = pattern.slice(i + 1, end).replace(/[\\\]^]/g, '\\$&');
      made += `[${inner.replace(/^!/, '^')}]`;
      i = end;
    } else made += c.replace(/[\\^$.|+()[\]{}*?]/g, '\\$&');
  }
  return new RegExp(`^${made}$`, 'su');
}

/**
 * The color of a part, or a HEX color itself.
 * @param {Pick<Character, 'colors'>} character
 * @param {string} color
 */
export const colorOf = ({ colors }, color) => colors.find(({ part }) => part === color)?.color ?? color;

/**
 * All colors once, the parts' first.
 * @param {Pick<Character, 'colors' | 'palette'>} character
 */
export const allColors = ({ colors, palette }) => [...new Set([...colors.map(({ color }) => color), ...palette])];

/**
 * The hints that a character lays on a drawing.
 * @param {Pick<Character, 'colors' | 'hints'>} character
 * @param {{width: number, height: number, name: string}} drawing `name` is its file's
 * @returns {Mark[]}
 */
export function marksOf(character, { width, height, name }) {
  return character.hints.filter(({ drawing }) => !drawing || patternOf(drawing).test(name)).map((seed) => ({
    kind: 'stroke',
    points: seed.at.map(([x, y]) => /** @type {Point} */ ([x * (width - 1), y * (height - 1)])),
    color: colorOf(character, seed.color).toLowerCase(),
    width: Math.max(1, 2 * seed.radius * Math.max(width, height)),
  }));
}

/**
 * The colors and hints of a drawing's marks, as parts that wait for their names. What was erased is not among them.
 * @param {readonly Mark[]} marks
 * @param {{width: number, height: number}} drawing
 * @param {(n: number) => string} partName
 * @returns {{colors: Character['colors'], hints: Seed[]}}
 */
export function seedsOf(marks, { width, height }, partName) {
  /** @type {Map<string, string>} parts by colors */
  const parts = new Map();
  /** @type {Seed[]} */
  const hints = [];
  const share = (/** @type {number} */ v, /** @type {number} */ side) => round(Math.min(1, Math.max(0, side > 1 ? v / (side - 1) : 0)));
  marks.forEach((mark, i) => {
    if (mark.kind === 'erase') return;
    const radius = mark.kind === 'fill' ? DOT : round(Math.min(1, mark.width / 2 / Math.max(width, height)));
    for (const run of leftOf(mark.points, marks.slice(i + 1))) {
      if (!parts.has(mark.color)) parts.set(mark.color, partName(parts.size + 1));
      const at = thinned(run).map(([x, y]) => /** @type {Point} */ ([share(x, width), share(y, height)]));
      hints.push({ color: parts.get(mark.color) ?? '', at, radius, drawing: '' });
    }
  });
  return { colors: [...parts].map(([color, part]) => ({ part, color })), hints };
}

/**
 * The runs of points that no later eraser has touched.
 * @param {readonly Point[]} points
 * @param {readonly Mark[]} later
 * @returns {Point[][]}
 */
function leftOf(points, later) {
  const erasers = later.filter((mark) => mark.kind === 'erase');
  /** @type {Point[][]} */
  const runs = [[]];
  for (const point of points) {
    if (erasers.some((mark) => distance(point, mark.points) <= mark.width / 2)) runs.push([]);
    else runs[runs.length - 1].push(point);
  }
  return runs.filter((run) => run.length);
}

/**
 * How far a point lies from a line through points.
 * @param {Point} point
 * @param {readonly Point[]} line
 */
function distance([x, y], line) {
  let least = Math.hypot(x - line[0][0], y - line[0][1]);
  for (let i = 1; i < line.length; i += 1) {
    const [ax, ay] = line[i - 1], dx = line[i][0] - ax, dy = line[i][1] - ay;
    const along = dx || dy ? Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy))) : 0;
    least = Math.min(least, Math.hypot(x - ax - along * dx, y - ay - along * dy));
  }
  return least;
}

/**
 * As many points as a hint has, the ends among them.
 * @param {Point[]} points
 */
function thinned(points) {
  const step = Math.max(1, (points.length - 1) / (POINTS - 1));
  return points.length <= POINTS ? points : Array.from({ length: POINTS }, (_, i) => points[Math.round(i * step)]);
}

const round = (/** @type {number} */ v) => Math.round(v * 1e5) / 1e5;

/**
 * A character whose part has another name; its hints follow. A name that is empty or taken changes nothing.
 * @param {Character} character
 * @param {string} part
 * @param {string} name
 * @returns {Character}
 */
export function renamed(character, part, name) {
  const given = name.trim();
  if (!given || character.colors.some((one) => one.part === given)) return character;
  return {
    ...character,
    colors: character.colors.map((one) => (one.part === part ? { ...one, part: given } : one)),
    hints: character.hints.map((seed) => (seed.color === part ? { ...seed, color: given } : seed)),
  };
}

/**
 * A character without a part and its hints.
 * @param {Character} character
 * @param {string} part
 * @returns {Character}
 */
export function withoutPart(character, part) {
  return { ...character, colors: character.colors.filter((one) => one.part !== part), hints: character.hints.filter(({ color }) => color !== part) };
}
