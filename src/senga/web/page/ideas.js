// The panel's part of ideas: small pictures of ways to color the drawing. A click takes one over, a star marks it.

import { announce, fail, note } from './announce.js';
import { app } from './app.js';
import { ask, COUNT, take, toggleMark } from './candidates.js';
import { openComparison } from './comparing.js';
import { button, make, part, pictured, walk } from './dom.js';
import { childrenOf, elements } from './elements.js';
import { icon } from './icons.js';
import { t } from './words.js';
import { carry, isCancelled } from './works.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Idea } from './types.d.ts' */

/**
 * @param {Drawing} drawing
 * @param {Idea} idea
 * @param {number} at
 */
function card(drawing, idea, at) {
  const words = t('idea', { n: at + 1 });
  const tones = make('span', { class: 'tones' });
  for (const color of idea.palette.slice(0, 8)) {
    const tone = make('i');
    tone.style.background = color;
    tones.append(tone);
  }
  const use = make('button', { type: 'button', class: 'take', 'aria-label': words, title: words, onclick: () => {
    take(drawing, idea);
    note(t('idea-taken', { n: at + 1 }));
  } }, pictured(idea.thumb), tones);
  const named = t('idea-star', { n: at + 1 });
  const star = make('button', { type: 'button', class: 'star', 'aria-label': named, title: named, 'aria-pressed': String(idea.marked),
    onclick: () => toggleMark(drawing, idea.key) }, icon('star'));
  return make('span', { class: 'idea', 'data-idea': idea.key }, use, star);
}

export function ideasPart() {
  const grid = make('div', { class: 'ideas', id: 'ideas', role: 'group', 'data-label': 'ideas' });
  const rest = walk(grid);
  const more = button('ideas-ask', () => askIdeas(), { sign: 'ideas', text: true, kind: 'wide' });
  more.id = 'ask-ideas';
  more.setAttribute('aria-keyshortcuts', 'N');
  const large = button('ideas-large', () => app.current?.ideas.length && openComparison(`idea:${app.current.ideas[0].key}`),
    { sign: 'picture', text: true, kind: 'wide' });
  large.id = 'ideas-large';

  /** @type {Map<string, {idea: Idea, at: number, place: HTMLElement}>} what is shown, by keys */
  let shown = new Map();
  let words = '';
  function render() {
    const drawing = app.current;
    const ideas = drawing?.ideas ?? [];
    const marked = ideas.filter((idea) => idea.marked).length;
    const waiting = drawing?.thinking ? Math.max(0, COUNT + marked - ideas.length) : 0;
    const focus = document.activeElement;
    const focused = focus instanceof HTMLElement ? [focus.closest('.idea'), focus.className] : [];
    if (words !== t('ideas')) shown.clear();
    words = t('ideas');
    const before = shown;
    shown = new Map(ideas.map((idea, at) => {
      const old = before.get(idea.key);
      const same = old?.idea === idea && old.at === at;
      return [idea.key, same ? old : { idea, at, place: card(/** @type {Drawing} */ (drawing), idea, at) }];
    }));
    grid.replaceChildren(...[...shown.values()].map(({ place }) => place), ...Array.from({ length: waiting }, () => make('span', { class: 'waiting' })));
    const [old, kind] = focused;
    if (old instanceof HTMLElement) {
      const again = childrenOf(grid).find(({ dataset }) => dataset.idea === old.dataset.idea)?.querySelector(`.${kind}`);
      if (again instanceof HTMLElement) again.focus();
    }
    rest();
    grid.setAttribute('aria-busy', String(!!drawing?.thinking));
    more.disabled = !drawing || !!drawing.thinking;
    large.hidden = !ideas.length;
    for (const place of elements(more, 'span')) {
      place.dataset.t = ideas.length ? 'ideas-more' : 'ideas-ask';
      place.textContent = t(place.dataset.t);
    }
    if (!waiting && ideas.length) announce(`${t('ideas')}: ${ideas.length}`);
  }
  app.on('front language ideas', render);
  return part('ideas', 'conditions', make('p', { class: 'small', 'data-t': 'ideas-how' }), more, grid, large);
}

export async function askIdeas() {
  const drawing = app.current;
  if (!drawing?.id) return;
  try {
    await carry(t('ideas-making'), (signal, tell) => ask(drawing, signal, tell));
  } catch (error) { if (!isCancelled(error)) fail(error); }
}
