// One open drawing: its bytes, its states, its place on the server and its newest colors.

import { History } from './history.js';
import { Live } from './live.js';
import { Pyramid } from './pyramid.js';
import { FRESH, plainName, requestOf } from './request.js';
import * as server from './server.js';
import * as storage from './storage.js';
import { View } from './view.js';

const REMEMBERED = 24; // answers kept, so that undo shows at once
const SAVE_AFTER = 400; // ms

/** A key of the browser's store. (randomUUID is there only with https or on the own machine.) */
const freshKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');

export class Drawing extends EventTarget {
  constructor({ key = freshKey(), name, original = name, blob, id = null, width = 0, height = 0, history = null, view = null,
    files = {}, stamp = Date.now() }) {
    super();
    Object.assign(this, { key, name, original, blob, id, width, height, files, stamp });
    this.history = history ? new History(history.present, history.past, history.future) : new History(FRESH);
    this.view = Object.assign(new View(), view ?? {});
    this.placed = view !== null;
    this.lines = null; // Pyramid of the person's line layer
    this.color = null; // {bitmap, ink, side}
    this.growing = null; // the mark under the pen
    this.hand = { sent: undefined }; // which reference the server has
    this.answers = new Map(); // state -> color
    this.asked = new Map(); // seq -> state
    this.linked = false;
    this.live = new Live({
      color: (answer) => this.#arrived(answer),
      error: (said) => this.#emit('trouble', said),
      link: (up) => { this.linked = up; this.#emit('link'); },
      forgotten: (id) => this.#again(id),
    });
  }

  get state() {
    return this.history.present;
  }

  get busy() {
    return this.live.busy || !!this.bringing;
  }

  /** Shows the file as the browser reads it, until the server gives its lines; what it cannot read waits. */
  async glance() {
    const draft = await createImageBitmap(this.blob).catch(() => null);
    if (!draft || this.lines) return;
    Object.assign(this, { draft, width: draft.width, height: draft.height });
    this.#emit('lines');
  }

  /** Uploads the drawing if the server has none, and shows its lines. */
  async open(progress = () => {}) {
    if (!this.id || !(await server.knows(this.id))) await this.#upload(progress);
    if (!this.lines) this.lines = new Pyramid(await createImageBitmap(await server.lines(this.id)));
    this.draft = null;
    this.opened = true;
    this.#emit('lines');
  }

  async #upload(progress) {
    this.uploading ??= (async () => {
      const said = await server.upload(this.blob, this.name, progress);
      this.id = said.id;
      this.width = said.width;
      this.height = said.height;
      this.hand.sent = null;
      this.save();
    })();
    try {
      await this.uploading;
    } finally {
      this.uploading = null;
    }
  }

  /** Begins to paint with the server: for the drawing that is in front. */
  wake() {
    this.awake = true;
    if (this.opened && !this.live.socket) this.live.connect(this.id);
  }

  sleep() {
    this.awake = false;
    this.live.close();
  }

  /** The server has forgotten the drawing `id`: it gets it anew, unless that was done already. */
  async #again(id = this.id) {
    try {
      if (this.id === id) {
        await this.#upload(() => {});
      }
      if (this.awake) this.live.connect(this.id);
      this.ask();
    } catch (error) {
      this.#emit('trouble', error);
      setTimeout(() => this.awake && this.#again(id), 3000);
    }
  }

  /** Takes a step that can be undone. */
  change(patch, tag = null) {
    this.history.step({ ...this.state, ...patch }, tag);
    this.#moved();
  }

  undo() {
    return this.history.undo() && this.#moved();
  }

  redo() {
    return this.history.redo() && this.#moved();
  }

  #moved() {
    const known = this.answers.get(this.state);
    if (known) {
      this.color = known;
      this.#emit('color');
    }
    this.#emit('state');
    this.ask();
    this.save();
    return true;
  }

  /** A mark grows under the pen: its color is asked for while the server is free. */
  grow(mark) {
    this.growing = mark;
    this.ask(false);
  }

  /** The mark is done (or given up, with null). */
  settle(mark) {
    this.growing = null;
    if (mark) this.change({ marks: [...this.state.marks, mark] });
    else this.ask();
  }

  /** Asks for the colors of the present state. */
  ask(final = true) {
    if (!this.id) return;
    const { state } = this;
    if (this.hand.sent !== (state.reference?.key ?? null)) {
      if (final) this.#bring();
      return;
    }
    const seq = this.live.ask(requestOf(state, this.growing), this.side(), final);
    if (final) this.asked.set(seq, state);
    this.#emit('busy');
  }

  /** Brings the reference, then asks. */
  async #bring() {
    this.live.giveUp();
    this.bringing = true;
    this.#emit('busy');
    try {
      await this.readyReference();
      this.bringing = false;
      this.ask();
    } catch (error) {
      this.bringing = false;
      if (error.status === 404) this.#again();
      else this.#emit('trouble', error);
    }
  }

  /** The longest side of answers that the window has a use for, px. */
  side() {
    const longest = Math.max(this.width, this.height);
    const wanted = longest * this.view.scale * (globalThis.devicePixelRatio ?? 1);
    const side = [512, 768, 1024, 1536, 2048, 3072].find((s) => s >= wanted) ?? longest;
    return side >= longest ? 0 : side;
  }

  /** Asks again when the view has come nearer than the answer is fine. */
  refine() {
    if (!this.color || this.growing) return;
    const side = this.side(), longest = Math.max(this.width, this.height);
    if ((side || longest) > this.color.side * 1.01) this.ask();
  }

  #arrived({ seq, color, ink, header }) {
    const answer = { bitmap: color, ink, seconds: header.seconds, side: Math.max(color.width, color.height) };
    this.color = answer;
    const state = this.asked.get(seq);
    for (const old of this.asked.keys()) if (old <= seq) this.asked.delete(old);
    if (state) {
      this.answers.delete(state);
      this.answers.set(state, answer);
      if (this.answers.size > REMEMBERED) this.answers.delete(this.answers.keys().next().value);
    }
    this.#emit('color');
    this.#emit('busy');
  }

  /** Brings the present state's reference to the server if another one is there. */
  async readyReference() {
    const wanted = this.state.reference?.key ?? null;
    if (this.hand.sent === wanted) return;
    if (wanted === null) await server.dropReference(this.id);
    else {
      const said = await server.setReference(this.id, this.files[wanted]);
      this.tones ??= {};
      this.tones[wanted] = said.colors ?? [];
    }
    this.hand.sent = wanted;
    this.#emit('state');
  }

  async setReference(blob, name) {
    const key = freshKey();
    this.files[key] = blob;
    await storage.put('files', key, blob);
    this.change({ reference: { key, name: plainName(name) } });
  }

  /** Works that need the whole drawing on the server: again once when it was forgotten. */
  async #with(work) {
    await this.readyReference().catch((error) => { if (error.status !== 404) throw error; });
    try {
      return await work();
    } catch (error) {
      if (error.status !== 404) throw error;
      await this.#again();
      await this.readyReference();
      return work();
    }
  }

  export(format) {
    return this.#with(() => server.exported(this.id, requestOf(this.state), format));
  }

  async *candidates(count, seed) {
    // Ideas after an idea are not held to its palette.
    const state = this.state.fromIdea ? { ...this.state, paletteOn: false } : this.state;
    const request = { ...requestOf(state), candidates: count, seed };
    await this.readyReference();
    yield* server.candidates(this.id, request);
  }

  /** Keeps the drawing in the browser, soon. */
  save() {
    this.stamp = Date.now();
    this.saving ??= setTimeout(() => {
      this.saving = null;
      this.saveNow().catch((error) => this.#emit('trouble', error));
    }, SAVE_AFTER);
  }

  async saveNow() {
    if (this.gone) return;
    const { key, name, original, id, width, height, stamp } = this;
    if (!this.stored) {
      await storage.own(key);
      await storage.put('files', key, this.blob);
      for (const file of Object.keys(this.files)) await storage.put('files', file, this.files[file]);
      this.stored = true;
    }
    const { present, past, future } = this.history;
    const history = { present, past: past.slice(-300), future: future.slice(-300) };
    const files = Object.keys(this.files);
    await storage.put('drawings', key, { key, name, original, id, width, height, stamp, history, files, view: this.view.kept() });
    this.#emit('kept');
  }

  /** The drawing that was kept under a key, or null where there is none, or another window has it. */
  static async restored(key) {
    if (!(await storage.own(key))) return null;
    const record = await storage.get('drawings', key);
    const blob = await storage.get('files', key);
    if (!record || !blob) return null;
    const files = {};
    for (const name of record.files ?? []) files[name] = await storage.get('files', name);
    const drawing = new Drawing({ ...record, blob, files });
    drawing.stored = true;
    return drawing;
  }

  /** Closes it for good, here and on the server. */
  async discard() {
    this.gone = true;
    this.sleep();
    clearTimeout(this.saving);
    if (this.id) server.forget(this.id).catch(() => {});
    await storage.drop('drawings', this.key);
    for (const key of [this.key, ...Object.keys(this.files)]) await storage.drop('files', key);
    this.lines?.close();
  }

  #emit(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
