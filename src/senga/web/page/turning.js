// The view turned and mirrored: by steps, freely, to a number of degrees; with a read-out.

import { app } from './app.js';
import { button, make } from './dom.js';
import { element } from './elements.js';
import { viewed } from './pointers.js';
import { readOut } from './readout.js';
import { t } from './words.js';

/** @import { Layer } from './types.d.ts' */

const STEP = 15; // degrees

export const toggleLayer = (/** @type {Layer} */ name) => app.set({ [name]: !app.settings[name] });

/** @param {number} degrees */
export function turnTo(degrees) {
  const view = app.current?.view;
  if (!view || !Number.isFinite(degrees)) return;
  view.turnTo((degrees * Math.PI) / 180, view.middle);
  readOut(t('degrees', { n: view.degrees }));
  viewed();
}

/** @param {1 | -1} direction to the next step, clockwise or against it */
export function turn(direction) {
  const degrees = app.current?.view.degrees ?? 0;
  turnTo((direction > 0 ? Math.floor(degrees / STEP + 1e-6) + 1 : Math.ceil(degrees / STEP - 1e-6) - 1) * STEP);
}

export const upright = () => turnTo(0);

export function mirror() {
  if (!app.current) return;
  const { view } = app.current;
  view.mirror = !view.mirror;
  view.angle = -view.angle;
  viewed();
}

/** The sheet of the view's turn, and the button with the number that opens it. */
export function buildTurning() {
  const sheet = element('turning', HTMLElement);
  const opener = make('button', { type: 'button', class: 'icon zoom', id: 'turned', popovertarget: 'turning', 'data-label': 'k-turned' });
  const box = make('input', { type: 'number', min: -180, max: 180, step: 1, id: 'degrees', 'data-label': 'k-turned' });
  const slide = make('input', { type: 'range', min: -180, max: 180, step: 1, 'data-label': 'k-turned' });
  box.addEventListener('change', () => turnTo(box.valueAsNumber));
  slide.addEventListener('input', () => turnTo(+slide.value));
  sheet.append(make('label', { class: 'choice-row' }, make('span', { 'data-t': 'k-turned' }), box), slide,
    make('div', { class: 'ends' },
      button('turn-left', () => turn(-1), { sign: 'left', key: 'turn-left' }), button('turn-right', () => turn(1), { sign: 'right', key: 'turn-right' }),
      ...[-90, 0, 90, 180].map((degrees) => make('button', { type: 'button', class: 'small', 'data-degrees': degrees, onclick: () => turnTo(degrees) }, `${degrees}°`)),
      button('mirror', mirror, { sign: 'mirror', key: 'mirror' })));
  app.on('front lines view language', () => {
    const degrees = app.current?.view.degrees ?? 0;
    opener.textContent = t('degrees', { n: degrees });
    opener.classList.toggle('off', degrees === 0);
    if (document.activeElement !== box) box.value = String(degrees);
    slide.value = String(degrees);
  });
  return opener;
}
