// The table: which drawings are open, which is in front, and the person's settings. Panels listen here.

import { Drawing } from './drawing.js';
import { isProject, unpackProject } from './project.js';
import * as storage from './storage.js';

const FORWARDED = ['lines', 'state', 'color', 'busy', 'link', 'trouble', 'kept'];

const SETTINGS = {
  tool: 'brush',
  color: '#d9382b',
  before: '#2f5aa8', // the color used before
  picked: null,
  size: 8,
  pressure: true,
  swatches: ['#f6dcc8', '#e8a98f', '#7a4a2b', '#2b2b33', '#d9382b', '#f2b632', '#6fae5a', '#4aa3c7', '#2f5aa8', '#8d5aa8', '#ffffff'],
  showLines: true,
  showColor: true,
  showHints: true,
  theme: 'auto',
  language: 'auto',
};

class App extends EventTarget {
  drawings = [];
  current = null;
  settings = { ...SETTINGS };

  /** Takes what the last visit left. */
  async restore() {
    Object.assign(this.settings, (await storage.get('settings', 'all')) ?? {});
    this.emit('settings');
    const known = await storage.keys('drawings');
    const found = (await Promise.all(known.map((key) => Drawing.restored(key)))).filter(Boolean);
    const order = (await storage.get('settings', 'order')) ?? { keys: [], front: null };
    found.sort((a, b) => order.keys.indexOf(a.key) - order.keys.indexOf(b.key));
    for (const drawing of found) this.#listen(drawing);
    this.drawings = found;
    this.front(found.find((d) => d.key === order.front) ?? found.at(-1) ?? null);
    await Promise.all(found.map((d) => this.#start(d)));
  }

  /** Opens a file as a new drawing in front. */
  async open(blob, name, progress) {
    const project = isProject(name) ? await unpackProject(blob) : null;
    const history = project && { present: project.state };
    const drawing = new Drawing(project ? { ...project, name, history } : { blob, name });
    this.#listen(drawing);
    await drawing.glance();
    const before = this.current;
    if (drawing.draft) this.#lay(drawing);
    try {
      await drawing.open(progress);
    } catch (error) {
      await this.close(drawing, before);
      throw error;
    }
    if (!this.drawings.includes(drawing)) this.#lay(drawing);
    if (drawing === this.current) drawing.wake();
    drawing.ask();
    drawing.save();
    if (project) this.addSwatches(project.swatches);
    return drawing;
  }

  #lay(drawing) {
    this.drawings.push(drawing);
    this.front(drawing);
  }

  async #start(drawing) {
    await drawing.glance();
    try {
      await drawing.open();
      if (drawing === this.current) {
        drawing.wake();
        drawing.ask();
      }
    } catch (error) {
      this.emit('trouble', error);
      if (error.status === 0 || error.status >= 429) setTimeout(() => !drawing.gone && this.#start(drawing), 4000);
    }
  }

  front(drawing) {
    if (this.current !== drawing) this.current?.sleep();
    this.current = drawing;
    if (drawing) {
      drawing.wake();
      if (drawing.lines && !drawing.color) drawing.ask();
    }
    this.#keepOrder();
    this.emit('front');
    this.emit('state');
  }

  /** Closes a drawing for good; `next` comes to the front if it was there. */
  async close(drawing, next = null) {
    const at = this.drawings.indexOf(drawing);
    if (at >= 0) this.drawings.splice(at, 1);
    if (this.current === drawing) this.front(next ?? this.drawings[Math.min(at, this.drawings.length - 1)] ?? null);
    await drawing.discard();
    this.#keepOrder();
    this.emit('front');
  }

  /** Changes settings, which are kept but not undone. */
  set(patch) {
    Object.assign(this.settings, patch);
    this.emit('settings', patch);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => storage.put('settings', 'all', { ...this.settings }).catch(() => {}), 300);
  }

  /** Makes a color the one to paint with. */
  setColor(color) {
    const { color: old } = this.settings;
    if (color && color !== old) this.set({ color, before: old });
  }

  addSwatches(colors) {
    const { swatches } = this.settings;
    this.set({ swatches: [...new Set([...swatches, ...colors])] });
  }

  emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  /** Calls `listener` whenever one of `types` is emitted. */
  on(types, listener) {
    for (const type of types.split(' ')) this.addEventListener(type, (event) => listener(event.detail));
  }

  #listen(drawing) {
    for (const type of FORWARDED) {
      drawing.addEventListener(type, (event) => {
        if (drawing === this.current || type === 'lines') this.emit(type, event.detail);
      });
    }
  }

  #keepOrder() {
    const order = { keys: this.drawings.map((d) => d.key), front: this.current?.key ?? null };
    storage.put('settings', 'order', order).catch(() => {});
  }
}

export const app = new App();
