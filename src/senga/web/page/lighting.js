// Light and shade: how strong and how soft each is, from which side light falls, and the color that shade leans to.

import { app } from './app.js';
import { button, chip, make, part, slider } from './dom.js';
import { FRESH } from './request.js';
import { t } from './words.js';

/** @import { State } from './types.d.ts' */

/** @returns {State} */
const settled = () => ({ ...FRESH, ...app.current?.state });

/** @param {number} side */
function sideWords(side) {
  if (Math.abs(side) < 0.03) return t('side-front');
  return `${t(side < 0 ? 'side-left' : 'side-right')} ${Math.round(Math.abs(side) * 100)}`;
}

/**
 * A slider of which each drag is one step of undo.
 * @param {string} words
 * @param {(value: number) => Partial<State>} patch
 * @param {{min?: number, max?: number, show?: (value: number) => string}} [range]
 */
const sliderOf = (words, patch, range = {}) => slider(words, {
  step: 0.05, ...range, oninput: (v) => app.current?.change(patch(v), words), onchange: () => app.current?.history.rest(),
});

export function lightingPart() {
  const strongest = { max: 1.5 };
  const rows = [
    sliderOf('shading', (light) => ({ light, shade: settled().shade ?? settled().light }), strongest),
    sliderOf('shade', (shade) => ({ shade }), strongest),
    sliderOf('light-softness', (lightSoftness) => ({ lightSoftness })),
    sliderOf('shade-softness', (shadeSoftness) => ({ shadeSoftness })),
    sliderOf('light-side', (lightSide) => ({ lightSide }), { min: -1, show: sideWords }),
  ];
  const [light, shade, lightSoftness, shadeSoftness, side] = rows;
  const shown = make('span', { class: 'one', id: 'shade-tint' });
  const take = button('shade-tint-take', () => app.current?.change({ shadeTint: app.settings.color }), { sign: 'pick' });
  take.id = 'shade-tint-take';
  const off = button('shade-tint-off', () => app.current?.change({ shadeTint: null }), { sign: 'trash' });
  off.id = 'shade-tint-off';
  app.on('state front language', () => {
    const state = settled(), tint = state.shadeTint;
    light.put(state.light);
    shade.put(state.shade ?? state.light);
    lightSoftness.put(state.lightSoftness);
    shadeSoftness.put(state.shadeSoftness);
    side.put(state.lightSide);
    shown.replaceChildren(...tint ? [chip(tint, `${t('shade-tint')}: ${tint}`, (color) => app.setColor(color))] : []);
    off.hidden = !tint;
    const flat = state.mode === 'flat';
    for (const { input } of rows) input.disabled = flat;
    take.disabled = off.disabled = flat;
  });
  const tints = make('div', { class: 'tint-row' }, make('span', { 'data-t': 'shade-tint' }), shown, take, off);
  return part('lighting', 'conditions', ...rows.map(({ row }) => row), tints);
}
