// Ideas: different ways to color a drawing. Marked ones stay when others are asked for; only what has no hint of its own
// differs between them. To take one is one step.

import { freshKey } from './drawing.js';
import * as made from './made.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Candidate, Idea, State } from './types.d.ts' */

export const COUNT = 8;
const SEEDS = 2 ** 53; // a request's seed is less

/**
 * Asks for ideas in the place of those that are not marked; throws what went wrong.
 * @param {Drawing} drawing
 * @param {AbortSignal} signal
 * @param {(share: number) => unknown} tell
 * @param {typeof made.candidates} source of the candidates
 */
export async function ask(drawing, signal, tell, source = made.candidates) {
  if (drawing.thinking) return;
  drawing.thinking = true;
  // The first of the first ideas is what is shown now; further ones go on from the last.
  drawing.nextSeed ??= drawing.state.seed ?? 0;
  const seed = drawing.nextSeed;
  drawing.nextSeed = (seed + COUNT) % SEEDS;
  set(drawing, drawing.ideas.filter(({ marked }) => marked));
  let count = 0;
  /** @type {string | null} */
  let own = null; // the palette of the first, which is the drawing's
  try {
    for await (const candidate of source(drawing, COUNT, seed, signal)) {
      if (signal.aborted) return;
      own ??= String(candidate.palette);
      set(drawing, [...drawing.ideas, ideaOf(candidate, own)]);
      count += 1;
      tell(count / COUNT);
    }
  } finally {
    drawing.thinking = false;
    drawing.emit('ideas');
  }
}

/**
 * @param {Candidate} candidate
 * @param {string} own
 * @returns {Idea}
 */
function ideaOf({ seed, palette, png }, own) {
  const bytes = Uint8Array.from(atob(png), (c) => c.charCodeAt(0));
  return { key: freshKey(), seed, palette, chosen: String(palette) !== own, thumb: new Blob([bytes], { type: 'image/png' }), marked: false };
}

/**
 * @param {Drawing} drawing
 * @param {Idea[]} ideas
 */
function set(drawing, ideas) {
  drawing.ideas = ideas;
  drawing.emit('ideas');
}

/**
 * Marks an idea, or takes the mark from it.
 * @param {Drawing} drawing
 * @param {string} key
 */
export function toggleMark(drawing, key) {
  set(drawing, drawing.ideas.map((idea) => (idea.key === key ? { ...idea, marked: !idea.marked } : idea)));
  drawing.save();
}

/**
 * What an idea changes of a state: the seed, and the palette if it has one.
 * @param {Pick<Idea, 'seed' | 'palette' | 'chosen'>} idea
 * @param {State} state
 * @returns {Partial<State>}
 */
export function patchOf({ seed, palette, chosen }, state) {
  const own = palette.length ? { palette, paletteOn: true, fromIdea: chosen || state.fromIdea } : { paletteOn: false };
  return { seed, ...own, colored: null };
}

/**
 * Takes an idea over: one step.
 * @param {Drawing} drawing
 * @param {Idea} idea
 */
export function take(drawing, idea) {
  drawing.change(patchOf(idea, drawing.state));
}

/** @type {Map<string, {base: State, state: State}>} by ideas' keys */
const states = new Map();

/**
 * The state that a drawing would have with an idea; the same one as long as the drawing's is.
 * @param {Drawing} drawing
 * @param {Idea} idea
 */
export function stateWith(drawing, idea) {
  const { state: base } = drawing;
  const known = states.get(idea.key);
  if (known?.base === base) return known.state;
  const state = { ...base, ...patchOf(idea, base) };
  states.set(idea.key, { base, state });
  if (states.size > 200) states.delete([...states.keys()][0]);
  return state;
}
