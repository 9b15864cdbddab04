// Which layer of a document of a painting program is the lines: told when it is opened, and another one can be chosen.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { make } from './dom.js';
import { adopt } from './preparing.js';
import * as server from './server.js';
import { t } from './words.js';
import { carry, isCancelled } from './works.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Layers } from './types.d.ts' */

const DOCUMENT = /\.(psd|psb|ora|kra)$/i;

/** @type {WeakMap<Drawing, Promise<Layers | null>>} */
const known = new WeakMap();

/** Where the path of a layer that was chosen is kept, among the drawing's own files. */
const keyOf = (/** @type {Drawing} */ drawing) => `${drawing.key}-layer`;

/**
 * Asks the server about the file as it came, which it may have to get again.
 * @template Result
 * @param {Drawing} drawing
 * @param {(id: string) => Promise<Result>} ask
 */
async function ofSource(drawing, ask) {
  if (drawing.source === drawing.blob) return ask(drawing.id);
  const { id } = await server.upload(drawing.source, drawing.original, () => {});
  try {
    return await ask(id);
  } finally {
    server.forget(id).catch(() => {});
  }
}

/**
 * The layers of a drawing's document, asked for once; null where it has none.
 * @param {Drawing} drawing
 */
function layersOf(drawing) {
  if (!DOCUMENT.test(drawing.original) || !drawing.opened) return Promise.resolve(null);
  const asked = known.get(drawing) ?? ofSource(drawing, server.layers).then((found) => (found.layers.length > 1 ? found : null), () => null);
  known.set(drawing, asked);
  return asked;
}

/**
 * The path of the layer that is the lines; '' is what the document shows.
 * @param {Drawing} drawing
 * @param {Layers} layers
 */
async function takenOf(drawing, layers) {
  const chosen = drawing.files[keyOf(drawing)];
  return chosen ? chosen.text() : layers.taken ?? '';
}

/**
 * @param {Drawing} drawing
 * @param {string} path
 */
async function take(drawing, path) {
  try {
    const lines = await carry(t('line-layer'), () => ofSource(drawing, (id) => server.layer(id, path)), 300);
    drawing.files[keyOf(drawing)] = new Blob([path]);
    await adopt(drawing, lines);
  } catch (error) { if (!isCancelled(error)) fail(error, drawing.name); }
  app.emit('look');
}

export function layerRow() {
  const select = make('select', { id: 'line-layer' });
  const row = make('label', { class: 'with-label', hidden: true }, make('span', { 'data-t': 'line-layer' }), select);
  const told = new WeakSet();
  const show = async () => {
    const drawing = app.current;
    const layers = drawing && (await layersOf(drawing));
    if (drawing !== app.current) return;
    row.hidden = !layers;
    if (!drawing || !layers) return;
    const taken = await takenOf(drawing, layers);
    const words = (/** @type {Layers['layers'][number]} */ { path, visible }) => (visible ? path : t('line-layer-hidden', { name: path }));
    select.replaceChildren(make('option', { value: '' }, t('line-layer-all')), ...layers.layers.map((one) => make('option', { value: one.path }, words(one))));
    select.value = taken;
    if (taken && !told.has(drawing) && !drawing.files[keyOf(drawing)]) note(t('line-layer-taken', { name: taken }));
    told.add(drawing);
  };
  select.addEventListener('change', () => app.current && take(app.current, select.value));
  app.on('front lines look language', show);
  return row;
}
