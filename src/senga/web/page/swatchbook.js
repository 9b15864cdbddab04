// Named palettes of saved colors: which one is in use, and what is made of them. Never changed in place.

/** @import { NamedPalette } from './types.d.ts' */

export const PALETTES = 100; // most named palettes

/**
 * The palette of a key, or the first.
 * @param {readonly NamedPalette[]} palettes
 * @param {(string | null)[]} keys the first that there is
 * @returns {NamedPalette}
 */
export function inUse(palettes, ...keys) {
  for (const key of keys) {
    const found = palettes.find((one) => one.key === key);
    if (found) return found;
  }
  return palettes[0];
}

/**
 * @param {readonly NamedPalette[]} palettes
 * @param {string} key
 * @param {Partial<NamedPalette>} patch
 */
export const altered = (palettes, key, patch) => palettes.map((one) => (one.key === key ? { ...one, ...patch } : one));

/**
 * Without one of them; the last one stays.
 * @param {readonly NamedPalette[]} palettes
 * @param {string} key
 */
export const without = (palettes, key) => (palettes.length > 1 ? palettes.filter((one) => one.key !== key) : [...palettes]);

/**
 * A name that none of them has.
 * @param {readonly NamedPalette[]} palettes
 * @param {string} name
 */
export function freeName(palettes, name) {
  const names = new Set(palettes.map((one) => one.name));
  let free = name;
  for (let n = 2; names.has(free); n += 1) free = `${name} ${n}`;
  return free;
}

/**
 * The palettes of settings that were kept; an older page kept the colors of one.
 * @param {{palettes?: NamedPalette[], swatches?: string[]}} kept
 * @param {NamedPalette[]} usual
 * @returns {NamedPalette[]}
 */
export function restored({ palettes, swatches }, usual) {
  if (palettes?.length) return palettes;
  return swatches ? [{ ...usual[0], colors: swatches }] : usual;
}
