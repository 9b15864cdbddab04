// What draws on a canvas.

/**
 * The pen of a canvas of our own.
 * @param {OffscreenCanvas} canvas
 * @param {CanvasRenderingContext2DSettings} [settings]
 */
export function penOn(canvas, settings) {
  const pen = canvas.getContext('2d', settings);
  if (!pen) throw new Error('this browser draws no pictures');
  return pen;
}

/**
 * The pen of a canvas in the window.
 * @param {HTMLCanvasElement} canvas
 */
export function penOnWindow(canvas) {
  const pen = canvas.getContext('2d');
  if (!pen) throw new Error('this browser draws no pictures');
  return pen;
}
