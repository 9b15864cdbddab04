// The table: which drawings are open, which is in front, and the person's settings. Panels listen here.

import { Drawing } from './drawing.js';
import { Events } from './events.js';
import { isProject, prove, unpackProject } from './project.js';
import { statusOf } from './server.js';
import * as storage from './storage.js';
import { t } from './words.js';

/** @import { AppEvents, DrawingEvents, Order, Settings } from './types.d.ts' */

/** @type {(keyof DrawingEvents)[]} */
const FORWARDED = ['lines', 'look', 'state', 'color', 'busy', 'link', 'trouble', 'kept'];

const SWATCHES = 1000; // most saved ones: each is a button

/** @type {Settings} */
const SETTINGS = {
  tool: 'brush',
  color: '#d9382b',
  before: '#2f5aa8',
  size: 8,
  pressure: true,
  swatches: ['#f6dcc8', '#e8a98f', '#7a4a2b', '#2b2b33', '#d9382b', '#f2b632', '#6fae5a', '#4aa3c7', '#2f5aa8', '#8d5aa8', '#ffffff'],
  showLines: true,
  showColor: true,
  showHints: true,
  theme: 'auto',
  language: 'auto',
};

/** @extends {Events<AppEvents>} */
class App extends Events {
  /** @type {Drawing[]} */
  drawings = [];
  /** @type {Drawing | null} */
  current = null;
  /** @type {number | undefined} timer until settings are kept */
  saving;
  settings = { ...SETTINGS };

  /** Takes what the last visit left. */
  async restore() {
    Object.assign(this.settings, (await storage.get('settings', 'all')) ?? {});
    this.emit('settings');
    const known = await storage.keys('drawings');
    const found = (await Promise.all(known.map((key) => this.#restored(key)))).filter((drawing) => drawing !== null);
    const order = /** @type {Order | undefined} */ (await storage.get('settings', 'order')) ?? { keys: [], front: null };
    found.sort((a, b) => order.keys.indexOf(a.key) - order.keys.indexOf(b.key));
    for (const drawing of found) this.#listen(drawing);
    this.drawings = found;
    this.front(found.find((d) => d.key === order.front) ?? found.at(-1) ?? null);
    await Promise.all(found.map((d) => this.#start(d)));
  }

  /**
   * A drawing that was kept; one that cannot be read keeps no other from coming back.
   * @param {string} key
   */
  #restored(key) {
    return Drawing.restored(key).catch((error) => {
      this.emit('trouble', error);
      return null;
    });
  }

  /**
   * Opens a file as a new drawing in front.
   * @param {Blob} blob
   * @param {string} name
   * @param {(share: number) => unknown} progress hears how much of it is uploaded, 0 to 1
   */
  async open(blob, name, progress) {
    const project = isProject(name) ? await unpackProject(blob) : null;
    const drawing = new Drawing(project ? { ...project, name, history: { present: project.state } } : { blob, name });
    this.#listen(drawing);
    await drawing.glance();
    const before = this.current;
    if (drawing.draft) this.#lay(drawing);
    try {
      await drawing.open(progress);
      const left = project ? await prove(drawing) : null;
      if (left) this.emit('trouble', left);
    } catch (error) {
      await this.close(drawing, before);
      throw error;
    }
    if (!this.drawings.includes(drawing)) this.#lay(drawing);
    if (drawing === this.current) drawing.wake();
    drawing.ask();
    drawing.save();
    if (!project) drawing.lookAt();
    if (project) this.addSwatches(project.swatches);
    return drawing;
  }

  /** @param {Drawing} drawing */
  #lay(drawing) {
    this.drawings.push(drawing);
    this.front(drawing);
  }

  /** @param {Drawing} drawing */
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
      const status = statusOf(error);
      if (status === 0 || (status ?? 0) >= 429) setTimeout(() => !drawing.gone && this.#start(drawing), 4000);
    }
  }

  /**
   * Puts a drawing in front.
   * @param {Drawing | null} drawing
   */
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

  /**
   * Closes a drawing for good; `next` comes to the front if it was there.
   * @param {Drawing} drawing
   * @param {Drawing | null} next
   */
  async close(drawing, next = null) {
    const at = this.drawings.indexOf(drawing);
    if (at >= 0) this.drawings.splice(at, 1);
    if (this.current === drawing) this.front(next ?? this.drawings[Math.min(at, this.drawings.length - 1)] ?? null);
    await drawing.discard();
    this.#keepOrder();
    this.emit('front');
  }

  /**
   * Changes settings, which are kept but not undone.
   * @param {Partial<Settings>} patch
   */
  set(patch) {
    Object.assign(this.settings, patch);
    this.emit('settings', patch);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => storage.put('settings', 'all', { ...this.settings }).catch(() => {}), 300);
  }

  /**
   * Makes a color the one to paint with.
   * @param {string} color
   */
  setColor(color) {
    const { color: old } = this.settings;
    if (color && color !== old) this.set({ color, before: old });
  }

  /**
   * Saves colors, as many as there is room for.
   * @param {string[]} colors
   */
  addSwatches(colors) {
    const all = [...new Set([...this.settings.swatches, ...colors])];
    this.set({ swatches: all.slice(0, SWATCHES) });
    if (all.length > SWATCHES) this.emit('trouble', new Error(t('swatches-full', { n: all.length - SWATCHES, most: SWATCHES })));
  }

  /** @param {Drawing} drawing */
  #listen(drawing) {
    for (const type of FORWARDED) {
      drawing.on(type, (detail) => {
        if (drawing === this.current || type === 'lines') this.emit(type, detail);
      });
    }
  }

  #keepOrder() {
    const order = { keys: this.drawings.map((d) => d.key), front: this.current?.key ?? null };
    storage.put('settings', 'order', order).catch(() => {});
  }
}

export const app = new App();
