// The table: which drawings are open, which is in front, and the person's settings. Panels listen here.

import { Told } from './complaints.js';
import { Drawing, freshKey } from './drawing.js';
import { Events } from './events.js';
import { isProject, prove, unpackProject } from './project.js';
import { plainName } from './request.js';
import { statusOf } from './server.js';
import * as storage from './storage.js';
import { altered, inUse, restored } from './swatchbook.js';
import { alive, enter } from './windows.js';
import { t } from './words.js';

/** @import { AppEvents, DrawingEvents, Order, Reference, Settings } from './types.d.ts' */

/** @type {(keyof DrawingEvents)[]} */
const FORWARDED = ['lines', 'look', 'versions', 'ideas', 'state', 'color', 'busy', 'link', 'trouble', 'kept'];

const ORDER = 'senga-order';
const USED = 14; // colors of the history: two rows
const SWATCHES = 1000; // most saved ones: each is a button

/** @type {Settings} */
const SETTINGS = {
  tool: 'brush',
  color: '#d9382b',
  before: '#2f5aa8',
  size: 8,
  smoothing: 0.2,
  beside: true,
  keys: {},
  pressure: true,
  reaches: {},
  recolorAll: true,
  palettes: [{ key: 'first', name: '',
    colors: ['#f6dcc8', '#e8a98f', '#7a4a2b', '#2b2b33', '#d9382b', '#f2b632', '#6fae5a', '#4aa3c7', '#2f5aa8', '#8d5aa8', '#ffffff'] }],
  palette: 'first',
  onePalette: false,
  characters: [],
  character: '',
  showLines: true,
  showColor: true,
  showHints: true,
  theme: 'auto',
  language: 'auto',
  used: [],
  exporting: { side: 0, dpi: 0, quality: 92, transparent: false, srgb: false, regions: false },
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
  /** @type {Partial<Settings>} what is not kept yet */
  unsaved = {};

  /** Takes what the last visit of this window left, and what windows that are gone left. */
  async restore() {
    const own = await enter();
    const { swatches, ...kept } = (await storage.get('settings', 'all')) ?? {};
    Object.assign(this.settings, kept, { palettes: restored({ ...kept, swatches }, SETTINGS.palettes) });
    this.emit('settings');
    const records = [];
    for (const key of await storage.keys('drawings')) {
      const record = await storage.get('drawings', key);
      if (record && !record.closed) records.push(record);
    }
    const others = await alive(new Set(records.map((r) => r.window ?? '').filter((id) => id && id !== own)));
    const free = records.filter((record) => !record.window || !others.has(record.window));
    const found = (await Promise.all(free.map(({ key }) => this.#restored(key)))).filter((drawing) => drawing !== null);
    const order = this.#order();
    found.sort((a, b) => place(order.keys, a.key) - place(order.keys, b.key) || a.stamp - b.stamp);
    for (const drawing of found) this.#listen(drawing);
    this.drawings.push(...found);
    this.front(found.find((d) => d.key === order.front) ?? found.at(-1) ?? this.current);
    for (const drawing of found) drawing.save(); // they are this window's now
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
   * @param {{handle?: FileSystemFileHandle | null, signal?: AbortSignal}} options
   */
  async open(blob, name, progress, { handle = null, signal } = {}) {
    const project = isProject(name) ? await unpackProject(blob) : null;
    const drawing = new Drawing(project ? { ...project, name, handle, history: { present: project.state } } : { blob, name });
    const source = project?.state.colored && project.files[project.state.colored.key];
    if (source) drawing.files[`${drawing.key}-source`] = source;
    this.#listen(drawing);
    await drawing.glance();
    const before = this.current;
    if (drawing.draft) this.#lay(drawing);
    try {
      await drawing.open(progress, signal);
      const left = project ? await prove(drawing) : null;
      if (left) this.emit('trouble', left);
    } catch (error) {
      await this.discard(drawing, before);
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

  /**
   * A closed drawing comes back, in front.
   * @param {string} key
   */
  async reopen(key) {
    const drawing = await Drawing.restored(key);
    if (!drawing) {
      this.emit('trouble', new Told(t('recent-gone'), ''));
      return;
    }
    this.#listen(drawing);
    this.#lay(drawing);
    drawing.save();
    await this.#start(drawing);
  }

  /**
   * A copy of a drawing, beside it and in front; it has no past.
   * @param {Drawing} drawing
   */
  async duplicate(drawing) {
    const key = freshKey();
    /** @type {Record<string, Blob>} */
    const kept = {};
    const copied = (/** @type {Reference | null} */ file) => {
      const copy = file && { ...file, key: freshKey() };
      if (copy) kept[copy.key] = drawing.files[file.key];
      return copy;
    };
    const reference = copied(drawing.state.reference), finished = copied(drawing.state.finished);
    if (drawing.source !== drawing.blob) kept[`${key}-source`] = drawing.source;
    const colored = drawing.state.colored && { ...drawing.state.colored, key: `${key}-source` };
    const name = t('copy-of', { name: drawing.name });
    const made = new Drawing({ key, blob: drawing.blob, name, original: drawing.original, files: kept, changed: true,
      width: drawing.width, height: drawing.height, history: { present: { ...drawing.state, reference, finished, colored } } });
    this.#listen(made);
    this.drawings.splice(this.drawings.indexOf(drawing) + 1, 0, made);
    this.front(made);
    made.save();
    await this.#start(made);
  }

  /**
   * @param {Drawing} drawing
   * @param {string} name
   */
  rename(drawing, name) {
    const plain = plainName(name.trim());
    if (!name.trim() || plain === drawing.name) return;
    drawing.name = plain;
    drawing.save();
    this.emit('front');
  }

  /**
   * Lays the open drawings in another order.
   * @param {string[]} keys
   */
  reorder(keys) {
    this.drawings.sort((a, b) => place(keys, a.key) - place(keys, b.key));
    this.#keepOrder();
    this.emit('front');
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
   * Closes a drawing, which can come back.
   * @param {Drawing} drawing
   */
  async close(drawing) {
    await this.#take(drawing, null, () => drawing.leave());
  }

  /**
   * Closes a drawing for good; `next` comes to the front if it was there.
   * @param {Drawing} drawing
   * @param {Drawing | null} next
   */
  async discard(drawing, next = null) {
    await this.#take(drawing, next, () => drawing.discard());
  }

  /**
   * @param {Drawing} drawing
   * @param {Drawing | null} next
   * @param {() => Promise<void>} end
   */
  async #take(drawing, next, end) {
    const at = this.drawings.indexOf(drawing);
    if (at >= 0) this.drawings.splice(at, 1);
    if (this.current === drawing) this.front(next ?? this.drawings[Math.min(at, this.drawings.length - 1)] ?? null);
    await end();
    this.#keepOrder();
    this.emit('front');
  }

  /**
   * Changes settings, which are kept but not undone.
   * @param {Partial<Settings>} patch
   */
  set(patch) {
    Object.assign(this.settings, patch);
    Object.assign(this.unsaved, patch);
    this.emit('settings', patch);
    clearTimeout(this.saving);
    this.saving = setTimeout(() => {
      const changed = this.unsaved;
      this.unsaved = {};
      storage.merge('settings', 'all', changed).catch(() => {}); // what another window has set meanwhile stays
    }, 300);
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
   * A color was painted with.
   * @param {string} color
   */
  useColor(color) {
    const { used } = this.settings;
    if (used[0] !== color) this.set({ used: [color, ...used.filter((c) => c !== color)].slice(0, USED) });
  }

  /** The palette of saved colors in use: the front drawing's own, or that of all. */
  get palette() {
    return inUse(this.settings.palettes, this.current?.paletteKey ?? null, this.settings.palette);
  }

  get swatches() {
    return this.palette.colors;
  }

  /** @param {string[]} colors */
  setSwatches(colors) {
    this.set({ palettes: altered(this.settings.palettes, this.palette.key, { colors }) });
  }

  /**
   * Takes a palette of saved colors into use.
   * @param {string} key
   */
  usePalette(key) {
    const { current } = this;
    if (!current?.paletteKey) {
      this.set({ palette: key });
      return;
    }
    current.paletteKey = key;
    current.save();
    this.emit('settings');
  }

  /**
   * Whether the front drawing has a palette in use of its own.
   * @param {boolean} own
   */
  ownPalette(own) {
    if (!this.current) return;
    this.current.paletteKey = own ? this.palette.key : null;
    this.current.save();
    this.emit('settings');
  }

  /**
   * Saves colors, as many as there is room for.
   * @param {string[]} colors
   */
  addSwatches(colors) {
    const all = [...new Set([...this.swatches, ...colors])];
    this.setSwatches(all.slice(0, SWATCHES));
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
    sessionStorage.setItem(ORDER, JSON.stringify(order));
  }

  /** @returns {Order} of this window before it was loaded anew */
  #order() {
    try {
      return { keys: [], front: null, ...JSON.parse(sessionStorage.getItem(ORDER) ?? '{}') };
    } catch {
      return { keys: [], front: null };
    }
  }
}

/**
 * @param {string[]} keys
 * @param {string} key
 */
const place = (keys, key) => (keys.includes(key) ? keys.indexOf(key) : keys.length);

export const app = new App();
