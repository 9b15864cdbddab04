// One open drawing: its bytes, its states, its place on the server and its newest colors.

import { Events } from './events.js';
import { Handed } from './handed.js';
import { History } from './history.js';
import * as keeping from './keeping.js';
import { Live } from './live.js';
import { wipes } from './markedit.js';
import { fineness } from './marks.js';
import { Pyramid } from './pyramid.js';
import { Remembered } from './remembered.js';
import { complete, FRESH, plainName, requestOf } from './request.js';
import * as server from './server.js';
import * as storage from './storage.js';
import { View } from './view.js';

/** @import { Kind } from './handed.js' */
/** @import { Answer, Colors, DrawingEvents, DrawingParts, EraseMark, HintLayer, Idea, InkedLines, Look, Mark, Proposal, State, Version } from './types.d.ts' */

const SAVE_AFTER = 400; // ms

/** A key of the browser's store. (randomUUID is there only with https or on the own machine.) */
export const freshKey = () => [...crypto.getRandomValues(new Uint8Array(12))].map((b) => b.toString(16).padStart(2, '0')).join('');

/** @extends {Events<DrawingEvents>} */
export class Drawing extends Events {
  /** @type {Pyramid | null} the person's line layer */
  lines = null;
  /** @type {ImageBitmap | null} the file as the browser reads it, until its lines are there */
  draft = null;
  /** @type {Mark | null} the mark under the pen */
  growing = null;
  /** @type {State | null} a state that is tried while something is dragged */
  trial = null;
  hand = new Handed();
  answers = new Remembered();
  /** @type {Map<number, State>} by numbers of messages */
  asked = new Map();
  /** @type {Promise<void> | null} */
  uploading = null;
  /** @type {number | null} timer until it is kept in the browser */
  saving = null;
  linked = false; // whether the painting channel is up
  opened = false; // whether its lines are there
  awake = false; // whether it is in front
  bringing = false; // whether a reference is on its way
  stored = false; // whether its files lie in the browser
  gone = false;

  /** @type {Look | null} what its file looks like, where that was asked */
  look = null;
  /** @type {Proposal | null} line art that is offered in the place of its own */
  proposal = null;

  /** @type {HintLayer | null} */
  hintLayer = null;
  /** @type {InkedLines | null} */
  inked = null;

  /** @type {readonly Version[]} never changed in place */
  versions = [];

  /** @type {Idea[]} */
  ideas = [];
  thinking = false; // whether candidates are on their way
  /** @type {number | null} of the next candidates */
  nextSeed = null;

  /** @param {DrawingParts} parts */
  constructor({ key = freshKey(), name, original = name, blob, id = null, width = 0, height = 0, history = null, view = null,
    files = {}, stamp = Date.now(), handle = null, changed = false, versions = [], ideas = [], nextSeed = null, paletteKey = null }) {
    super();
    this.key = key;
    this.name = name;
    this.original = original;
    this.blob = blob;
    this.id = id ?? ''; // the server's name of it; none until it was uploaded
    this.width = width;
    this.height = height;
    this.files = files;
    this.stamp = stamp;
    this.handle = handle;
    this.versions = versions.map((version) => ({ ...version, state: complete(version.state) }));
    this.ideas = ideas;
    this.nextSeed = nextSeed;
    this.paletteKey = paletteKey;
    this.history = new History(complete(history?.present ?? FRESH), history?.past?.map(complete), history?.future?.map(complete));
    /** @type {State | null} the state that a project file holds */
    this.saved = changed ? null : this.history.present;
    this.view = Object.assign(new View(), view ?? {});
    this.placed = view !== null;
    this.live = new Live({
      color: (answer) => this.#arrived(answer),
      error: (said) => this.emit('trouble', new server.ServerError(422, said.error, said.kind)),
      link: (up) => { this.linked = up; this.emit('link'); },
      forgotten: (lost) => this.again(lost),
    });
  }

  get state() {
    return this.history.present;
  }

  /** The newest colors. */
  get color() {
    return this.answers.shown;
  }

  /** Whether it has changes that no project file holds. */
  get changed() {
    return this.saved !== this.state;
  }

  get busy() {
    return this.live.busy || this.bringing;
  }

  /** Shows the file as the browser reads it, until the server gives its lines; what it cannot read waits. */
  async glance() {
    const draft = await createImageBitmap(this.blob).catch(() => null);
    if (!draft || this.lines) return;
    this.draft = draft;
    this.width = draft.width;
    this.height = draft.height;
    this.emit('lines');
  }

  /**
   * Uploads the drawing if the server has none, and shows its lines.
   * @param {(share: number) => unknown} progress
   * @param {AbortSignal} [signal]
   */
  async open(progress = () => {}, signal = undefined) {
    if (!this.id || !(await server.knows(this.id))) await this.#upload(progress, signal);
    if (!this.lines) this.lines = new Pyramid(await createImageBitmap(await server.lines(this.id)));
    this.draft?.close();
    this.draft = null;
    this.opened = true;
    this.emit('lines');
  }

  /** Asks what the file looks like; no matter if that cannot be told. */
  async lookAt() {
    this.look = await server.look(this.id).catch(() => null);
    if (this.look && !this.gone) this.emit('look');
  }

  /**
   * The file as it came, whatever its lines were made into since.
   * @returns {Blob}
   */
  get source() {
    return this.files[`${this.key}-source`] ?? this.blob;
  }

  /**
   * @param {(share: number) => unknown} progress
   * @param {AbortSignal} [signal]
   */
  async #upload(progress, signal = undefined) {
    this.uploading ??= (async () => {
      const said = await server.upload(this.blob, this.name, progress, signal);
      this.id = said.id;
      this.width = said.width;
      this.height = said.height;
      this.hand = Handed.none();
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
    this.answers.trim(0);
  }

  /** The server has forgotten the drawing `id`: it gets it anew, unless that was done already. */
  async again(id = this.id) {
    try {
      if (this.id === id) {
        await this.#upload(() => {});
      }
      if (this.awake) this.live.connect(this.id);
      this.ask();
    } catch (error) {
      this.emit('trouble', error);
      setTimeout(() => this.awake && this.again(id), 3000);
    }
  }

  /**
   * Takes a step that can be undone; steps in a row with the same tag count as one.
   * @param {Partial<State>} patch
   * @param {string | null} tag
   */
  change(patch, tag = null) {
    this.history.step({ ...this.state, ...patch }, tag);
    this.#moved();
  }

  /**
   * Takes a whole state over, one of a version: a step that can be undone.
   * @param {State} state
   */
  become(state) {
    this.history.step(state);
    this.#moved();
  }

  undo() {
    return this.history.undo() && this.#moved();
  }

  redo() {
    return this.history.redo() && this.#moved();
  }

  #moved() {
    this.trial = null;
    const known = this.answers.get(this.state);
    if (known) {
      this.answers.show(known, this.state);
      this.emit('color');
    }
    this.emit('state');
    this.ask();
    this.save();
    return true;
  }

  /**
   * A mark grows under the pen: its color is asked for while the server is free.
   * @param {Mark} mark
   */
  grow(mark) {
    this.growing = mark;
    this.ask(false);
  }

  /**
   * The mark is done (or given up, with null).
   * @param {Mark | null} mark
   */
  settle(mark) {
    this.growing = null;
    if (mark) this.change({ marks: [...this.state.marks, mark] });
    else this.ask();
  }

  /**
   * A mark that erases is done: fills whose drops it touches go, for it is the drops that are seen.
   * @param {EraseMark} mark
   */
  wipe(mark) {
    this.growing = null;
    this.change({ marks: [...this.state.marks.filter((old) => !wipes(mark, old, fineness(this))), mark] });
  }

  /**
   * Tries a change while something is dragged: it is seen, but no step yet; nothing ends the trial.
   * @param {Partial<State> | null} patch
   */
  tries(patch) {
    this.trial = patch && { ...this.state, ...patch };
    this.ask(!patch);
  }

  /** Asks for the colors of the present state. */
  ask(final = true) {
    if (!this.id) return;
    const state = this.trial ?? this.state;
    if (!this.hand.fits(state)) {
      if (final) this.#bringAndAsk();
      return;
    }
    const seq = this.live.ask(requestOf(state, this.growing), this.side(), final);
    if (final) this.asked.set(seq, state);
    this.emit('busy');
  }

  /** Brings the pictures that the state names, then asks. */
  async #bringAndAsk() {
    this.live.giveUp();
    this.bringing = true;
    this.emit('busy');
    try {
      await this.bring();
      this.bringing = false;
      this.ask();
    } catch (error) {
      this.bringing = false;
      if (server.statusOf(error) === 404) this.again();
      else this.emit('trouble', error);
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

  /** @param {Answer} answer */
  #arrived({ seq, color, ink, header }) {
    /** @type {Colors} */
    const answer = { bitmap: color, ink, seconds: header.seconds, side: Math.max(color.width, color.height), lined: !!header.lined };
    const state = this.asked.get(seq);
    for (const old of this.asked.keys()) if (old <= seq) this.asked.delete(old);
    this.answers.show(answer, state);
    this.emit('color');
    this.emit('busy');
  }

  /**
   * Brings the pictures that the present state names to the server.
   * @param {readonly Kind[]} [kinds] all, if not said
   */
  async bring(kinds) {
    if (await this.hand.bring(this.id, this.state, this.files, kinds)) this.emit('state');
  }

  /**
   * Borrows the colors of a picture.
   * @param {Blob} blob
   * @param {string} name
   */
  async setReference(blob, name) {
    this.change({ reference: { key: await this.keepFile(blob), name: plainName(name) } });
  }

  /**
   * Keeps a file beside the drawing; answers with its key.
   * @param {Blob} blob
   */
  async keepFile(blob) {
    const key = freshKey();
    this.files[key] = blob;
    await storage.put('files', key, blob);
    return key;
  }

  /** Keeps the drawing in the browser, soon. */
  save() {
    this.stamp = Date.now();
    this.saving ??= setTimeout(() => {
      this.saving = null;
      this.saveNow().catch((error) => this.emit('trouble', error));
    }, SAVE_AFTER);
  }

  async saveNow() {
    if (this.gone) return;
    await keeping.write(this);
    this.emit('kept');
  }

  /**
   * The drawing that was kept under a key, or null where there is none, or another window has it.
   * @param {string} key
   */
  static async restored(key) {
    const parts = await keeping.read(key);
    if (!parts) return null;
    const drawing = new Drawing(parts);
    drawing.stored = true;
    return drawing;
  }

  /** Closes it: the browser keeps it for a while, the server forgets it. */
  async leave() {
    if (this.gone) return;
    this.gone = true; // nothing else is kept after this
    await keeping.lay(this);
    this.#end();
  }

  /** Closes it for good, here and on the server. */
  async discard() {
    this.gone = true;
    await keeping.erase(this.key);
    this.#end();
  }

  #end() {
    this.gone = true;
    this.sleep();
    clearTimeout(this.saving ?? undefined);
    if (this.id) server.forget(this.id).catch(() => {});
    this.lines?.close();
    this.draft?.close();
    this.answers.clear();
  }
}
