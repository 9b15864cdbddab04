// Colors: HEX, RGB of 0 to 255, and HSV (hue in degrees, the others from 0 to 1).

/** @import { Hsv, Rgb } from './types.d.ts' */

/**
 * '#rrggbb' in small letters, or null when the text is not a color.
 * @param {string} text
 */
export function readHex(text) {
  let hex = text.trim().replace(/^#/, '').toLowerCase();
  if (/^[0-9a-f]{3}$/.test(hex)) hex = [...hex].map((c) => c + c).join('');
  return /^[0-9a-f]{6}$/.test(hex) ? `#${hex}` : null;
}

/**
 * @param {string} hex
 * @returns {Rgb}
 */
export function rgbOf(hex) {
  const n = parseInt(hex.slice(1), 16);
  return [n >> 16, (n >> 8) & 255, n & 255];
}

/** @param {Rgb} rgb */
export function hexOf([r, g, b]) {
  return `#${[r, g, b].map((v) => Math.max(0, Math.min(255, Math.round(v))).toString(16).padStart(2, '0')).join('')}`;
}

/**
 * @param {Rgb} rgb
 * @returns {Hsv}
 */
export function hsvOf([r, g, b]) {
  const high = Math.max(r, g, b), low = Math.min(r, g, b), span = high - low;
  let hue = 0;
  if (span) {
    if (high === r) hue = ((g - b) / span + 6) % 6;
    else if (high === g) hue = (b - r) / span + 2;
    else hue = (r - g) / span + 4;
  }
  return [hue * 60, high ? span / high : 0, high / 255];
}

/**
 * @param {Hsv} hsv
 * @returns {Rgb}
 */
export function rgbOfHsv([hue, saturation, value]) {
  const part = (/** @type {number} */ n) => {
    const k = (n + hue / 60) % 6;
    return 255 * (value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [part(5), part(3), part(1)];
}

/**
 * True where black letters read better than white ones on this color.
 * @param {string} hex
 */
export function isLight(hex) {
  const [r, g, b] = rgbOf(hex);
  return 0.299 * r + 0.587 * g + 0.114 * b > 140;
}
