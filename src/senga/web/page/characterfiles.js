// Characters in and out: opened from files, made of a picture or of a drawing, laid on a drawing, saved.

import { app } from './app.js';
import { allColors, marksOf, seedsOf } from './characters.js';
import { Told } from './complaints.js';
import { download } from './dom.js';
import { freshKey } from './drawing.js';
import * as made from './made.js';
import { plainName } from './request.js';
import * as server from './server.js';
import * as storage from './storage.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { Character } from './types.d.ts' */

export const MOST = 100; // characters at hand
const SEEN = 512; // longest side of a picture whose main colors are looked for, px

const isFile = (/** @type {File} */ { name }) => /\.toml$/i.test(name);
const fileOf = (/** @type {string} */ key) => `character-${key}`;
const partName = (/** @type {number} */ n) => t('part', { n });

/** The character that is shown, or none. */
export function chosen() {
  const { characters, character } = app.settings;
  return characters.find(({ key }) => key === character) ?? characters[0] ?? null;
}

/**
 * Puts a character among those at hand, and shows it.
 * @param {Character} character
 */
function add(character) {
  const { characters } = app.settings;
  if (characters.length >= MOST) throw new Told(t('characters-full', { most: MOST }), '');
  app.set({ characters: [...characters, character], character: character.key });
}

/**
 * Changes the character of the same key.
 * @param {Character} character
 */
export function put(character) {
  app.set({ characters: app.settings.characters.map((one) => (one.key === character.key ? character : one)) });
}

/**
 * Opens character files, the pictures that they name beside them; pictures alone make characters of their main colors.
 * @param {File[]} files
 */
export async function open(files) {
  const pictures = files.filter((file) => !isFile(file));
  const named = new Set();
  for (const file of files.filter(isFile)) {
    const character = { ...await read(file), key: freshKey() };
    const picture = pictures.find(({ name }) => name === character.reference);
    if (picture) await storage.put('files', fileOf(character.key), picture);
    named.add(picture);
    add(character);
  }
  for (const picture of pictures.filter((one) => !named.has(one))) {
    const name = plainName(picture.name.replace(/\.\w+$/, ''));
    add({ ...blank(name), colors: parts(await server.readPalette(picture)) });
  }
}

/** @param {File} file */
async function read(file) {
  try {
    return await server.readCharacter(file);
  } catch (error) {
    if (server.isRefusal(error)) throw new Told(t('character-bad', { name: file.name }), error.message, { cause: error });
    throw error;
  }
}

/**
 * @param {string} name
 * @returns {Character}
 */
const blank = (name) => ({ key: freshKey(), name, colors: [], palette: [], reference: null, reference_strength: 1, hints: [] });

/** @param {readonly string[]} colors */
const parts = (colors) => colors.map((color, i) => ({ part: partName(i + 1), color }));

/**
 * Makes a character of a drawing's hints, palette and reference; of its main colors where it has no hints.
 * @param {Drawing} drawing
 */
export async function makeOf(drawing) {
  const { state } = drawing, { marks, palette, paletteOn, reference, strength } = state;
  const character = { ...blank(plainName(drawing.name.replace(/\.\w{2,5}$/, ''))), ...seedsOf(marks, drawing, partName) };
  if (!character.colors.length) {
    const picture = new File([await made.picture(drawing, state, SEEN)], 'picture.png');
    character.colors = parts(await server.readPalette(picture));
  }
  const own = new Set(character.colors.map(({ color }) => color));
  if (paletteOn) character.palette = palette.filter((color) => !own.has(color));
  if (reference && drawing.files[reference.key]) {
    await storage.put('files', fileOf(character.key), drawing.files[reference.key]);
    character.reference = reference.name.replace(/[/\\:]/g, ' ');
    character.reference_strength = strength;
  }
  add(character);
}

/**
 * Lays a character on a drawing, below the person's own hints: one step. Whether its reference was there, too.
 * @param {Drawing} drawing
 * @param {Character} character
 */
export async function use(drawing, character) {
  const { state, width, height, original } = drawing;
  const own = new Set(state.marks.map((mark) => JSON.stringify(mark)));
  const marks = marksOf(character, { width, height, name: original }).filter((mark) => !own.has(JSON.stringify(mark)));
  const palette = allColors(character).slice(0, 256);
  /** @type {Partial<typeof state>} */
  const patch = { marks: [...marks, ...state.marks] };
  if (palette.length) Object.assign(patch, { palette, paletteOn: true, fromIdea: false });
  const picture = character.reference ? await storage.get('files', fileOf(character.key)) : null;
  if (picture && character.reference) {
    const key = freshKey();
    drawing.files[key] = picture;
    await storage.put('files', key, picture);
    Object.assign(patch, { reference: { key, name: plainName(character.reference) }, strength: character.reference_strength });
  }
  drawing.change(patch);
  return !character.reference || !!picture;
}

/**
 * Saves a character file, and the picture that it names.
 * @param {Character} character
 */
export async function save(character) {
  const { key, ...said } = character;
  const file = await server.writeCharacter(said);
  download(file, `${character.name.replace(/[/\\:]/g, ' ')}.toml`);
  const picture = character.reference ? await storage.get('files', fileOf(key)) : null;
  if (picture && character.reference) download(picture, character.reference);
}

/**
 * Takes a character away; what puts it back.
 * @param {Character} character
 */
export function remove(character) {
  const before = app.settings.characters, at = before.indexOf(character);
  const left = before.filter(({ key }) => key !== character.key);
  app.set({ characters: left, character: left[Math.min(at, left.length - 1)]?.key ?? '' });
  // Its picture stays in the browser until the page is opened next without it.
  return () => app.set({ characters: app.settings.characters.toSpliced(at, 0, character), character: character.key });
}

/** Forgets pictures of characters that are gone. */
export async function tidy() {
  const kept = await storage.get('settings', 'all'); // another window's among them
  const known = new Set([...app.settings.characters, ...kept?.characters ?? []].map(({ key }) => fileOf(key)));
  for (const key of await storage.keys('files')) if (key.startsWith('character-') && !known.has(key)) await storage.drop('files', key);
}
