// Candidates: different ways to color the drawing, as thumbnails; a click takes over the seed, and the palette if the
// model chose one for the idea.

import { announce, fail, note } from './announce.js';
import { app } from './app.js';
import { button, make, part, walk } from './dom.js';
import { childrenOf, elements } from './elements.js';
import { t } from './words.js';
import { carry, isCancelled } from './works.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Candidate } from './types.d.ts' */

const COUNT = 8;
const SEEDS = 2 ** 53; // a request's seed is less

export function ideasPart() {
  const grid = make('div', { class: 'ideas', id: 'ideas', role: 'group', 'data-label': 'ideas' });
  const rest = walk(grid);
  const ask = button('ideas-ask', () => show(app.current), { sign: 'ideas', text: true, kind: 'wide' });
  ask.id = 'ask-ideas';
  ask.setAttribute('aria-keyshortcuts', 'N');

  /** @param {Drawing | null} drawing */
  async function show(drawing) {
    if (!drawing?.id || drawing.thinking) return;
    drawing.thinking = true;
    // The first of the first ideas is what is shown now; further ones go on from the last.
    drawing.nextSeed ??= drawing.state.seed ?? 0;
    const seed = drawing.nextSeed;
    drawing.nextSeed = (seed + COUNT) % SEEDS;
    drawing.ideas = [];
    render();
    try {
      await carry(t('ideas-making'), async (signal, tell) => {
        for await (const idea of drawing.candidates(COUNT, seed, signal)) {
          if (signal.aborted) return;
          drawing.ideas.push(idea);
          tell(drawing.ideas.length / COUNT);
          if (drawing === app.current) render();
        }
      });
    } catch (error) { if (!isCancelled(error)) fail(error); }
    drawing.thinking = false;
    render();
  }

  /**
   * Takes an idea over as one step: what it was colored with.
   * @param {Candidate} idea
   * @param {number} at
   */
  function take(idea, at) {
    const drawing = app.current;
    if (!drawing) return;
    const { seed, palette } = idea;
    // Whether the model chose the idea's palette: the first has the drawing's own.
    const chosen = String(palette) !== String(drawing.ideas[0].palette);
    if (!palette.length) drawing.change({ seed, paletteOn: false });
    else drawing.change({ seed, palette, paletteOn: true, fromIdea: chosen || drawing.state.fromIdea });
    note(t('idea-taken', { n: at + 1 }));
  }

  /**
   * @param {Candidate} idea
   * @param {number} at
   */
  function card(idea, at) {
    const words = t('idea', { n: at + 1 });
    const picture = make('img', { alt: '', src: `data:image/png;base64,${idea.png}`, draggable: 'false' });
    const tones = make('span', { class: 'tones' });
    for (const color of idea.palette.slice(0, 8)) {
      const tone = make('i');
      tone.style.background = color;
      tones.append(tone);
    }
    return make('button', {
      type: 'button', 'aria-label': words, title: words, onclick: () => take(idea, at),
    }, picture, tones);
  }

  function render() {
    const drawing = app.current;
    const ideas = drawing?.ideas ?? [];
    const waiting = drawing?.thinking ? Math.max(0, COUNT - ideas.length) : 0;
    const focused = childrenOf(grid).findIndex((place) => place === document.activeElement);
    grid.replaceChildren(...ideas.map(card), ...Array.from({ length: waiting }, () => make('span', { class: 'waiting' })));
    childrenOf(grid)[focused]?.focus();
    rest();
    grid.setAttribute('aria-busy', String(!!drawing?.thinking));
    ask.disabled = !drawing || !!drawing.thinking;
    for (const place of elements(ask, 'span')) {
      place.dataset.t = ideas.length ? 'ideas-more' : 'ideas-ask';
      place.textContent = t(place.dataset.t);
    }
    if (!waiting && ideas.length) announce(`${t('ideas')}: ${ideas.length}`);
  }
  app.on('front language', render);
  return part('ideas', 'conditions', make('p', { class: 'small', 'data-t': 'ideas-how' }), ask, grid);
}

export function askIdeas() {
  document.getElementById('ask-ideas')?.click();
}
