// What is no line art yet: on opening a photo or scan is offered clean, white on black inverted, and of a colored
// picture its lines; with a preview, left of the divider the file as it came.

import { fail } from './announce.js';
import { app } from './app.js';
import { showDivider } from './divider.js';
import { button, make, slider } from './dom.js';
import { element } from './elements.js';
import { Handed, keepColors } from './handed.js';
import { Pyramid } from './pyramid.js';
import { radios } from './radios.js';
import { redraw } from './renderer.js';
import * as server from './server.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Look, Preparation } from './types.d.ts' */

const SOON = 250; // ms that a setting rests before its preview is made

/** @type {Preparation['way'][]} */
const WAYS = ['clean', 'draw', 'keep'];

/**
 * What is proposed for each look.
 * @type {Record<Look, Preparation>}
 */
export const USUAL = {
  lines: { way: 'clean', invert: false, ink: 0.35, pencil: false, keep: true },
  scan: { way: 'clean', invert: false, ink: 0.35, pencil: false, keep: true },
  inverted: { way: 'keep', invert: true, ink: 0.35, pencil: false, keep: true },
  colored: { way: 'draw', invert: false, ink: 0.35, pencil: false, keep: true },
};

const card = element('prepare', HTMLElement);

/**
 * Takes a file in the place of the drawing's own; the one that came first is kept.
 * @param {Drawing} drawing
 * @param {Blob} blob
 */
export async function adopt(drawing, blob) {
  const before = drawing.id, { source } = drawing;
  const said = await server.upload(blob, drawing.name, () => {});
  const lines = new Pyramid(await createImageBitmap(await server.lines(said.id)));
  if (blob !== source) drawing.files[`${drawing.key}-source`] = source;
  drawing.live.close();
  const { id, width, height } = said;
  Object.assign(drawing, { blob, id, width, height, stored: false, saved: null, inked: null, hintLayer: null });
  drawing.hand = Handed.none();
  drawing.asked.clear();
  drawing.answers.clear();
  drawing.lines?.close();
  drawing.lines = lines;
  drawing.emit('lines');
  drawing.emit('color');
  if (drawing.awake) drawing.wake();
  drawing.ask();
  drawing.save();
  server.forget(before).catch(() => {});
}

/** One drawing whose line art is being prepared. */
class Offer {
  /** @type {Blob | null} what is shown on the right */
  made = null;
  /** @type {AbortController | null} */
  asking = null;
  /** @type {number | undefined} */
  soon;
  id = ''; // the server's name of the file as it came

  /**
   * @param {Drawing} drawing
   * @param {() => unknown} changed
   */
  constructor(drawing, changed) {
    this.drawing = drawing;
    this.changed = changed;
    this.how = { ...USUAL[drawing.look ?? 'lines'] };
  }

  /** Sends the file as it came, where the server has another, and shows it with its line art. */
  async begin() {
    const { drawing } = this;
    this.id = drawing.source === drawing.blob ? drawing.id : (await server.upload(drawing.source, drawing.name, () => {})).id;
    const before = await createImageBitmap(drawing.source).catch(async () => createImageBitmap(await server.preview(this.id)));
    drawing.proposal = { before, after: null };
    drawing.emit('look');
    await this.make();
  }

  /** @param {Partial<Preparation>} patch */
  set(patch) {
    Object.assign(this.how, patch);
    this.made = null;
    clearTimeout(this.soon);
    this.soon = setTimeout(() => this.make(), SOON);
    this.changed();
  }

  /** Makes the preview of what is set now. */
  async make() {
    this.asking?.abort();
    const asking = new AbortController();
    this.asking = asking;
    this.made = null;
    this.changed();
    try {
      const made = await server.prepared(this.id, this.how, asking.signal);
      const after = await createImageBitmap(made);
      if (this.asking !== asking || !this.drawing.proposal) return;
      this.drawing.proposal.after?.close();
      this.drawing.proposal.after = after;
      this.made = made;
    } catch (error) {
      if (!asking.signal.aborted) fail(error, this.drawing.name);
    }
    if (this.asking === asking) this.asking = null;
    this.changed();
    redraw();
  }

  /** Takes what is shown; a colored picture keeps its colors, or is the reference of its own lines. */
  async use() {
    const { drawing, made, how } = this;
    if (!made) return;
    const { source } = drawing;
    this.end();
    try {
      await adopt(drawing, made);
      if (how.way === 'draw' && how.keep) keepColors(drawing, true);
      else if (how.way === 'draw' && !drawing.state.reference) await drawing.setReference(source, drawing.name);
    } catch (error) { fail(error, drawing.name); }
  }

  /** Leaves the drawing as it is. */
  end() {
    clearTimeout(this.soon);
    this.asking?.abort();
    const { drawing } = this;
    if (this.id && this.id !== drawing.id) server.forget(this.id).catch(() => {});
    drawing.proposal?.before.close();
    drawing.proposal?.after?.close();
    drawing.proposal = null;
    drawing.look = null;
    drawing.emit('look');
  }
}

/** @type {Offer | null} */
let current = null;
/** @type {() => unknown} */
let show = () => {};

/** Offers line art of the front drawing, whatever it looks like. */
export function offer() {
  const drawing = app.current;
  if (!drawing?.opened || drawing.proposal) return;
  current = new Offer(drawing, () => show());
  showDivider(true);
  current.begin().catch((error) => {
    fail(error, drawing.name);
    close();
  });
}

function close(use = false) {
  const ended = current;
  current = null;
  card.hidden = true;
  showDivider(false);
  if (use) ended?.use();
  else ended?.end();
}

export function buildPrepare() {
  const said = make('p', { role: 'status' });
  const ways = radios('way', WAYS, (way) => `way-${way}`, (way) => current?.set({ way }), { id: 'way' });
  const flag = (/** @type {'invert' | 'pencil' | 'keep'} */ name) => {
    const box = make('input', { type: 'checkbox', role: 'switch', id: `prepare-${name}` });
    box.addEventListener('change', () => current?.set({ [name]: box.checked }));
    return { box, row: make('label', { class: 'switch' }, box, make('span', { 'data-t': name })) };
  };
  const invert = flag('invert'), pencil = flag('pencil'), keep = flag('keep');
  // The slider says how faint a line may be; the server is told from which share of the ink on there is a line.
  const faint = slider('faint', { min: 0.1, max: 0.9, step: 0.05, oninput: (v) => current?.set({ ink: Math.round((1 - v) * 100) / 100 }) });
  const wait = make('progress', { 'data-label': 'preparing' });
  const use = button('prepare-use', () => close(true), { text: true, kind: 'main' });
  use.id = 'prepare-use';
  const not = button('prepare-not', () => close(), { text: true, kind: '' });
  not.id = 'prepare-not';
  card.append(said, ways.row, invert.row, keep.row, faint.row, pencil.row, make('div', { class: 'ends' }, wait, not, use));
  card.addEventListener('keydown', (event) => event.key === 'Escape' && close());
  show = () => {
    card.hidden = !current;
    if (!current) return;
    const { how, made, drawing } = current;
    said.textContent = t(`look-${drawing.look ?? 'lines'}`);
    ways.put(how.way);
    invert.box.checked = how.invert;
    pencil.box.checked = how.pencil;
    keep.box.checked = how.keep;
    keep.row.hidden = how.way !== 'draw';
    faint.put(1 - how.ink);
    faint.row.hidden = pencil.row.hidden = how.way !== 'clean';
    wait.hidden = !!made;
    use.disabled = !made;
  };
  app.on('front', () => {
    if (current && current.drawing !== app.current) {
      const { drawing } = current, { look } = drawing;
      close();
      drawing.look = look; // offered again when it comes back
    }
    noticed();
  });
  app.on('look', noticed);
  app.on('language', () => show());
}

/** Offers what the front drawing looks in need of, once. */
function noticed() {
  const drawing = app.current;
  if (drawing?.look && drawing.look !== 'lines' && !current && !drawing.proposal) offer();
}
