// Large pictures of versions, ideas and what is shown now: one alone, two under a divider, or two side by side, which
// move and zoom together. Pictures are made when they are looked at, as fine as the window has a use for.

import { fail } from './announce.js';
import { app } from './app.js';
import { Draggable } from './comparingmoves.js';
import { button, make } from './dom.js';
import { element, elements } from './elements.js';
import { Kept } from './kept.js';
import * as made from './made.js';
import { penOnWindow } from './pens.js';
import { radios } from './radios.js';
import { sources } from './sources.js';
import { View } from './view.js';
import { t } from './words.js';
import { isCancelled } from './works.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Source } from './sources.js' */


/** @typedef {'one' | 'divider' | 'beside'} Way */
/** @type {Way[]} */
const WAYS = ['one', 'divider', 'beside'];
const SIDES = [512, 1024, 1536, 2048, 3072, 4096];
const ROOM = 64_000_000; // bytes of pictures beside those that are shown
const SOON = 200; // ms that the view rests before finer pictures are made

const section = element('comparison', HTMLElement);
/** @type {Kept<ImageBitmap>} */
const gallery = new Kept(({ width, height }) => 4 * width * height, (bitmap) => bitmap.close());
const view = new View();

/** @type {Drawing | null} whose pictures are shown */
let drawing = null;
/** @type {Way} */
let way = 'divider';
let chosen = ['now', 'now']; // left and right
let share = 0.5; // where the divider is
/** @type {AbortController | null} */
let making = null;
/** @type {number | undefined} */
let soon;
/** @type {number} */
let frame = 0;

const panes = [0, 1].map((i) => make('canvas', { class: 'pane', 'data-pane': i, role: 'img' }));
const pens = panes.map(penOnWindow);
const handle = make('div', { class: 'handle', role: 'slider', tabindex: 0, 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-label': 'compare-divider' },
  make('span', { class: 'grip', 'data-icon': 'split' }));
const tags = [0, 1].map(() => make('span', { class: 'tag' }));
const lists = [0, 1].map((i) => make('select', { 'data-side': i, 'data-label': i ? 'compare-right' : 'compare-left' }));
const ways = radios('compare-way', WAYS, (one) => `compare-${one}`, choose);
const before = button('compare-before', () => step(-1), { sign: 'back', kind: 'icon turn' });
const after = button('compare-next', () => step(1), { sign: 'forth', kind: 'icon turn' });
const star = button('idea-mark', () => shownSource(0)?.star?.(), { sign: 'star' });
const keep = button('version-keep', () => shownSource(0)?.keep?.(), { sign: 'plus', text: true, kind: 'small' });
const takes = ['left', 'right'].map((side, i) => button(`compare-take-${side}`, () => {
  shownSource(i)?.take?.();
  close();
}, { text: true, kind: 'main', 'data-take': i }));
const wait = make('progress', { 'data-label': 'compare-making', hidden: true });
const stage = make('div', { class: 'panes' }, ...panes, ...tags, handle, wait);

/**
 * Shows two of the front drawing's pictures, or one: 'now', 'version:KEY' or 'idea:NUMBER'.
 * @param {string} left
 * @param {string | null} right
 * @param {Way} how
 */
export function openComparison(left, right = null, how = right ? 'divider' : 'one') {
  if (!app.current?.opened) return;
  drawing = app.current;
  chosen = [left, right ?? 'now'];
  way = how;
  section.hidden = false;
  fit();
  show();
  section.focus({ preventScroll: true });
}

export function close() {
  if (section.hidden) return;
  section.hidden = true;
  making?.abort();
  clearTimeout(soon);
  gallery.clear();
  drawing = null;
  element('sheet', HTMLCanvasElement).focus({ preventScroll: true });
}

/** @param {Way} one */
function choose(one) {
  way = one;
  size();
  show();
}

/**
 * The source that is shown on a side.
 * @param {number} side
 * @returns {Source | null}
 */
function shownSource(side) {
  if (!drawing) return null;
  const all = sources(drawing);
  return all.find(({ id }) => id === chosen[side]) ?? all[0];
}

/**
 * The next or last picture of the same kind.
 * @param {number} by
 */
function step(by) {
  if (!drawing) return;
  const all = sources(drawing).filter(({ kind }) => kind === shownSource(0)?.kind);
  const at = all.findIndex(({ id }) => id === chosen[0]);
  if (all.length < 2) return;
  chosen[0] = all[(at + by + all.length) % all.length].id;
  show();
}

/** The states that are looked at. */
const looked = () => (way === 'one' ? [shownSource(0)] : [shownSource(0), shownSource(1)]).map((source) => source?.state ?? null);

/** Puts words and lists as they are to be, and asks for pictures. */
function show() {
  if (!drawing || section.hidden) return;
  const all = sources(drawing);
  for (const [i, list] of lists.entries()) {
    list.replaceChildren(...all.map(({ id, name }) => make('option', { value: id }, name)));
    chosen[i] = shownSource(i)?.id ?? 'now';
    list.value = chosen[i];
    tags[i].textContent = shownSource(i)?.name ?? '';
    panes[i].setAttribute('aria-label', tags[i].textContent);
  }
  lists[1].hidden = way === 'one';
  tags[1].hidden = way === 'one';
  panes[1].hidden = way !== 'beside';
  handle.hidden = way !== 'divider';
  section.dataset.way = way;
  ways.put(way);
  const source = shownSource(0);
  const others = all.filter(({ kind }) => kind === source?.kind).length > 1;
  before.hidden = after.hidden = !others;
  star.hidden = !source?.star;
  star.setAttribute('aria-pressed', String(!!source?.starred));
  keep.hidden = !source?.keep;
  takes[1].hidden = way === 'one';
  for (const [i, place] of takes.entries()) place.disabled = !shownSource(i)?.take;
  for (const words of elements(takes[0], '[data-t]')) {
    words.dataset.t = way === 'one' ? 'compare-take' : 'compare-take-left';
    words.textContent = t(words.dataset.t);
  }
  draw();
  fetchPictures();
}

/** The longest side that the window has a use for, px. */
function wantedSide() {
  if (!drawing) return 0;
  const longest = Math.max(drawing.width, drawing.height);
  const wanted = Math.min(longest, longest * view.scale * devicePixelRatio);
  const side = SIDES.find((one) => one >= wanted) ?? longest;
  return side >= longest ? 0 : side;
}

/** Makes the pictures that are looked at and are not there, or not fine enough; one after another. */
async function fetchPictures() {
  making?.abort();
  const asking = new AbortController();
  making = asking;
  const of = drawing, side = wantedSide();
  if (!of) return;
  const fine = side || Math.max(of.width, of.height);
  try {
    for (const state of looked()) {
      const known = state && gallery.get(state);
      if (!state || (known && Math.max(known.width, known.height) >= fine)) continue;
      wait.hidden = false;
      const bitmap = await createImageBitmap(await made.picture(of, state, side, asking.signal));
      if (asking.signal.aborted) bitmap.close();
      else {
        gallery.put(state, bitmap);
        gallery.trim(ROOM, (_, one) => one === state || looked().includes(one));
      }
      draw();
    }
  } catch (error) {
    if (!asking.signal.aborted && !isCancelled(error)) fail(error);
  }
  if (making === asking) wait.hidden = true;
}

/** Draws soon; many calls make one drawing. */
function draw() {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    paint();
  });
}

function paint() {
  if (!drawing) return;
  const [left, right] = looked().map((state) => (state ? gallery.get(state) ?? null : null));
  if (way === 'beside') {
    paintPane(0, left, [0, 1]);
    paintPane(1, right, [0, 1]);
    return;
  }
  pens[0].setTransform(1, 0, 0, 1, 0, 0);
  pens[0].clearRect(0, 0, panes[0].width, panes[0].height);
  paintPane(0, left, way === 'one' ? [0, 1] : [0, share], false);
  if (way === 'divider') paintPane(0, right, [share, 1], false);
  handle.style.left = `${share * 100}%`;
  handle.setAttribute('aria-valuenow', String(Math.round(share * 100)));
}

/**
 * @param {number} number
 * @param {ImageBitmap | null} bitmap
 * @param {[from: number, to: number]} part shares of the pane's width
 */
function paintPane(number, bitmap, [from, to], clear = true) {
  const pen = pens[number], canvas = panes[number];
  if (!drawing) return;
  const { width, height } = drawing;
  pen.save();
  pen.setTransform(1, 0, 0, 1, 0, 0);
  if (clear) pen.clearRect(0, 0, canvas.width, canvas.height);
  pen.beginPath();
  pen.rect(from * canvas.width, 0, (to - from) * canvas.width, canvas.height);
  pen.clip();
  const [a, b, c, d, e, f] = view.matrix(), ratio = devicePixelRatio;
  pen.setTransform(a * ratio, b * ratio, c * ratio, d * ratio, e * ratio, f * ratio);
  pen.fillStyle = '#fff';
  pen.fillRect(0, 0, width, height);
  pen.imageSmoothingQuality = 'high';
  pen.imageSmoothingEnabled = view.scale * ratio < 4;
  if (bitmap) pen.drawImage(bitmap, 0, 0, width, height);
  pen.restore();
}

/** Gives panes and view the window's size. */
function size() {
  section.dataset.way = way;
  panes[1].hidden = way !== 'beside';
  for (const canvas of panes) {
    canvas.width = Math.round(canvas.clientWidth * devicePixelRatio);
    canvas.height = Math.round(canvas.clientHeight * devicePixelRatio);
  }
  view.resize(panes[0].clientWidth, panes[0].clientHeight);
  if (view.fitted && drawing) view.fit(drawing.width, drawing.height, 12);
  draw();
}

function fit() {
  view.fitted = true;
  size();
}

/** The view has moved. */
function moved() {
  draw();
  clearTimeout(soon);
  soon = setTimeout(fetchPictures, SOON);
}

export function buildComparing() {
  section.append(make('div', { class: 'bar' }, make('div', { class: 'picks' }, before, lists[0], after, lists[1]), ways.row,
    make('div', { class: 'ends' }, star, keep, ...takes, button('close', close, { sign: 'close', 'data-close': true }))), stage);
  for (const [i, list] of lists.entries()) list.addEventListener('change', () => { chosen[i] = list.value; show(); });
  new Draggable(panes, view, moved, fit);
  new ResizeObserver(() => { if (drawing) size(); }).observe(stage);
  const slide = (/** @type {number} */ at) => { share = Math.min(1, Math.max(0, at)); draw(); };
  handle.addEventListener('pointerdown', (event) => handle.setPointerCapture(event.pointerId));
  handle.addEventListener('pointermove', (event) => {
    const box = stage.getBoundingClientRect();
    if (handle.hasPointerCapture(event.pointerId)) slide((event.clientX - box.left) / box.width);
  });
  /** @type {Record<string, () => unknown>} */
  const keys = { Escape: close, '+': () => zoom(1.25), '=': () => zoom(1.25), '-': () => zoom(0.8), 0: () => { fit(); moved(); },
    PageDown: () => step(1), PageUp: () => step(-1) };
  const zoom = (/** @type {number} */ by) => { view.about(view.middle, by); moved(); };
  section.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    event.stopPropagation(); // keys of the drawing do nothing here
    const along = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (along && event.target === handle) slide(share + along * (event.shiftKey ? 0.1 : 0.02));
    else if (along && event.target === section) step(along);
    else if (Object.hasOwn(keys, event.key) && !(event.target instanceof HTMLSelectElement)) {
      event.preventDefault();
      keys[event.key]();
    }
  });
  app.on('front', () => { if (drawing !== app.current) close(); });
  app.on('state versions ideas language', show);
}

