// Candidates: different ways to color the drawing, as thumbnails; a click takes over the palette.

import { app } from './app.js';
import { button, make, part, walk } from './dom.js';
import { fail, note, say } from './say.js';
import { t } from './words.js';
import { addToPalette } from './wishes.js';

const COUNT = 8;

export function ideasPart() {
  const grid = make('div', { class: 'ideas', id: 'ideas', role: 'group', 'data-label': 'ideas' });
  const rest = walk(grid);
  const ask = button('ideas-ask', () => show(app.current), { sign: 'ideas', text: true, kind: 'wide' });
  ask.id = 'ask-ideas';
  ask.setAttribute('aria-keyshortcuts', 'N');

  async function show(drawing) {
    if (!drawing?.id || drawing.thinking) return;
    drawing.thinking = true;
    drawing.seed = drawing.ideas ? (drawing.seed ?? 0) + 1 : 0;
    drawing.ideas = [];
    render();
    try {
      for await (const idea of drawing.candidates(COUNT, drawing.seed)) {
        drawing.ideas.push(idea);
        if (drawing === app.current) render();
      }
    } catch (error) { fail(error); }
    drawing.thinking = false;
    render();
  }

  function card(idea, at) {
    const words = idea.index === 0 && at === 0 ? t('idea-own') : t('idea', { n: at + 1 });
    const picture = make('img', { alt: '', src: `data:image/png;base64,${idea.png}`, draggable: 'false' });
    const tones = make('span', { class: 'tones' });
    for (const color of (idea.palette ?? []).slice(0, 8)) {
      const tone = make('i');
      tone.style.background = color;
      tones.append(tone);
    }
    return make('button', {
      type: 'button', 'aria-label': words, title: words, onclick: () => {
        if (!idea.palette?.length) app.current.change({ paletteOn: false });
        else addToPalette(idea.palette, true, true);
        note(t('idea-taken', { n: at + 1 }));
      },
    }, picture, tones);
  }

  function render() {
    const drawing = app.current;
    const ideas = drawing?.ideas ?? [];
    const waiting = drawing?.thinking ? Math.max(0, COUNT - ideas.length) : 0;
    const focused = [...grid.children].indexOf(document.activeElement);
    grid.replaceChildren(...ideas.map(card), ...Array.from({ length: waiting }, () => make('span', { class: 'waiting' })));
    grid.children[focused]?.focus?.();
    rest();
    grid.setAttribute('aria-busy', String(!!drawing?.thinking));
    ask.disabled = !drawing || !!drawing.thinking;
    ask.querySelector('span').dataset.t = ideas.length ? 'ideas-more' : 'ideas-ask';
    ask.querySelector('span').textContent = t(ask.querySelector('span').dataset.t);
    if (!waiting && ideas.length) say(`${t('ideas')}: ${ideas.length}`);
  }
  app.hear('front language', render);
  return part('ideas', 'wishes', make('p', { class: 'small', 'data-t': 'ideas-how' }), ask, grid);
}

export function askIdeas() {
  document.getElementById('ask-ideas').click();
}
