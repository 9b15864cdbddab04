// The color wheel: a ring of hues, in it a square of saturation and brightness. Two sliders for keys and readers.

import { hexOf, hsvOf, rgbOf, rgbOfHsv } from './color.js';
import { make } from './dom.js';
import { penOn, penOnWindow } from './pens.js';

/** @type {Record<string, [x: number, y: number]>} */
const STEPS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const SIDE = 196, RING = 18;
const MIDDLE = SIDE / 2, OUTER = SIDE / 2 - 3, INNER = OUTER - RING;
/** @type {[radius: number, ink: string, width: number][]} of a knob */
const RIMS = [[7, '#fff', 2.5], [8.6, '#0009', 1]];
const HALF = Math.floor((INNER - 5) / Math.SQRT2); // of the square

/** @import { Hsv } from './types.d.ts' */

/**
 * {element, show(hex)}; `onpick(hex, done)` hears what the person picks.
 * @param {(hex: string, done: boolean) => unknown} onpick
 */
export function wheel(onpick) {
  const canvas = make('canvas', { width: SIDE * 2, height: SIDE * 2, class: 'wheel-picture', 'aria-hidden': 'true' });
  const hueKeys = make('span', { role: 'slider', tabindex: 0, class: 'unseen-focus', 'aria-valuemin': 0, 'aria-valuemax': 359, 'data-label': 'wheel-hue' });
  const toneKeys = make('span', { role: 'slider', tabindex: 0, class: 'unseen-focus', 'aria-valuemin': 0, 'aria-valuemax': 100, 'data-label': 'wheel-tone' });
  const element = make('div', { class: 'wheel' }, canvas, hueKeys, toneKeys);
  /** @type {Hsv} */
  let hsv = [0, 1, 1];
  /** @type {'ring' | 'square' | null} */
  let held = null;
  const pen = penOnWindow(canvas);
  const ring = ringPicture();

  const give = (/** @type {boolean} */ done) => {
    paint();
    onpick(hexOf(rgbOfHsv(hsv)), done);
  };

  function paint() {
    const [hue, saturation, value] = hsv;
    pen.setTransform(2, 0, 0, 2, 0, 0);
    pen.clearRect(0, 0, SIDE, SIDE);
    pen.drawImage(ring, 0, 0, SIDE, SIDE);
    const side = 2 * HALF, corner = MIDDLE - HALF;
    const across = pen.createLinearGradient(corner, 0, corner + side, 0);
    across.addColorStop(0, '#fff');
    across.addColorStop(1, hexOf(rgbOfHsv([hue, 1, 1])));
    const down = pen.createLinearGradient(0, corner, 0, corner + side);
    down.addColorStop(0, '#0000');
    down.addColorStop(1, '#000');
    for (const fill of [across, down]) {
      pen.fillStyle = fill;
      pen.fillRect(corner, corner, side, side);
    }
    const turn = (hue * Math.PI) / 180, r = (OUTER + INNER) / 2;
    knob(MIDDLE + r * Math.cos(turn), MIDDLE + r * Math.sin(turn), hexOf(rgbOfHsv([hue, 1, 1])));
    knob(corner + saturation * side, corner + (1 - value) * side, hexOf(rgbOfHsv(hsv)));
    hueKeys.setAttribute('aria-valuenow', String(Math.round(hue)));
    toneKeys.setAttribute('aria-valuenow', String(Math.round(saturation * 100)));
    toneKeys.setAttribute('aria-valuetext', `${Math.round(saturation * 100)} %, ${Math.round(value * 100)} %`);
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {string} color
   */
  function knob(x, y, color) {
    pen.beginPath();
    pen.arc(x, y, 7, 0, 7);
    pen.fillStyle = color;
    pen.fill();
    for (const [r, ink, width] of RIMS) {
      pen.beginPath();
      pen.arc(x, y, r, 0, 7);
      pen.lineWidth = width;
      pen.strokeStyle = ink;
      pen.stroke();
    }
  }

  const move = (/** @type {PointerEvent} */ event) => {
    const box = canvas.getBoundingClientRect();
    const x = ((event.clientX - box.left) / box.width) * SIDE - MIDDLE;
    const y = ((event.clientY - box.top) / box.height) * SIDE - MIDDLE;
    held ??= Math.hypot(x, y) > INNER - 3 ? 'ring' : 'square';
    if (held === 'ring') hsv[0] = ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
    else {
      hsv[1] = Math.min(1, Math.max(0, (x + HALF) / (2 * HALF)));
      hsv[2] = Math.min(1, Math.max(0, 1 - (y + HALF) / (2 * HALF)));
    }
    give(false);
  };
  canvas.addEventListener('pointerdown', (event) => {
    canvas.setPointerCapture(event.pointerId);
    held = null;
    move(event);
  });
  canvas.addEventListener('pointermove', (event) => held && move(event));
  for (const type of ['pointerup', 'pointercancel']) {
    canvas.addEventListener(type, () => {
      if (held) give(true);
      held = null;
    });
  }

  /**
   * @param {HTMLElement} place
   * @param {(x: number, y: number) => void} work
   */
  const keys = (place, work) => place.addEventListener('keydown', (event) => {
    const far = event.shiftKey ? 5 : 1;
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    work(far * step[0], far * step[1]);
    give(true);
  });
  keys(hueKeys, (x, y) => { hsv[0] = (hsv[0] + 2 * (x + y) + 360) % 360; });
  keys(toneKeys, (x, y) => {
    hsv[1] = Math.min(1, Math.max(0, hsv[1] + x * 0.02));
    hsv[2] = Math.min(1, Math.max(0, hsv[2] + y * 0.02));
  });

  return {
    element,
    show(/** @type {string} */ hex) {
      if (!held && hexOf(rgbOfHsv(hsv)) !== hex) {
        const [hue, saturation, value] = hsvOf(rgbOf(hex));
        // Grays have no hue and black no saturation: the knobs stay where they were.
        hsv = [saturation && value ? hue : hsv[0], value ? saturation : hsv[1], value];
      }
      paint();
    },
  };
}

function ringPicture() {
  const picture = new OffscreenCanvas(SIDE * 2, SIDE * 2);
  const pen = penOn(picture);
  pen.scale(2, 2);
  const turn = pen.createConicGradient(0, MIDDLE, MIDDLE);
  for (let hue = 0; hue <= 360; hue += 15) turn.addColorStop(hue / 360, hexOf(rgbOfHsv([hue % 360, 1, 1])));
  pen.lineWidth = RING;
  pen.strokeStyle = turn;
  pen.beginPath();
  pen.arc(MIDDLE, MIDDLE, (OUTER + INNER) / 2, 0, 7);
  pen.stroke();
  return picture;
}
