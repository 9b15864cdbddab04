// Calls to the server, each one function. What goes wrong comes as a ServerError.

/** @import { Candidate, Character, Info, Layers, Look, Point, Preparation, Request, Uploaded } from './types.d.ts' */

export class ServerError extends Error {
  /**
   * @param {number} status 0 where no answer came
   * @param {string} message
   * @param {string} [kind] one word for programs
   */
  constructor(status, message, kind) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

/**
 * The status of an error that came from the server, or null.
 * @param {unknown} error
 */
export function statusOf(error) {
  return error instanceof ServerError ? error.status : null;
}

/**
 * Whether the server understood what it was sent, and does not take it: to send it again would not help.
 * @param {unknown} error
 * @returns {error is ServerError}
 */
export function isRefusal(error) {
  return error instanceof ServerError && [400, 413, 415, 422].includes(error.status);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {BodyInit} [body]
 * @param {Record<string, string>} headers
 * @param {AbortSignal} [signal] whose abort is thrown as it is
 */
async function call(method, path, body, headers = {}, signal) {
  let answer;
  try {
    answer = await fetch(path, { method, body, headers, signal, cache: 'no-store' });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ServerError(0, 'no answer');
  }
  if (answer.ok) return answer;
  /** @type {{error?: string, kind?: string}} */
  let said = {};
  try {
    said = await answer.json();
  } catch { /* not JSON: the status has to do */ }
  throw new ServerError(answer.status, said.error ?? `${answer.status} ${answer.statusText}`, said.kind);
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const of = (/** @type {string} */ id) => `/api/v1/drawings/${encodeURIComponent(id)}`;

/** @returns {Promise<Info>} */
export const info = async () => (await call('GET', '/api/v1/info')).json();

/**
 * Uploads a drawing or a project; `progress` hears of 0 to 1.
 * @param {Blob} blob
 * @param {string} name
 * @param {(share: number) => unknown} progress
 * @param {AbortSignal} [signal] whose abort is thrown as it is
 * @returns {Promise<Uploaded>}
 */
export function upload(blob, name, progress, signal) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', '/api/v1/drawings');
    ask.setRequestHeader('Content-Type', 'application/octet-stream');
    ask.setRequestHeader('X-File-Name', encodeURIComponent(name));
    ask.responseType = 'json';
    ask.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    ask.onerror = () => reject(new ServerError(0, 'no answer'));
    ask.onload = () => {
      if (ask.status === 201 || ask.status === 200) resolve(ask.response);
      else reject(new ServerError(ask.status, ask.response?.error ?? `${ask.status}`, ask.response?.kind));
    };
    signal?.addEventListener('abort', () => { ask.abort(); reject(signal.reason); });
    ask.send(blob);
  });
}

/**
 * What an upload looks like.
 * @param {string} id
 * @returns {Promise<Look>}
 */
export const look = async (id) => (await (await call('GET', `${of(id)}/look`)).json()).look;

/**
 * The upload itself, for browsers that cannot read its file.
 * @param {string} id
 */
export const preview = async (id) => (await call('GET', `${of(id)}/preview.png?side=2048`)).blob();

/**
 * The layers of a document that can be its lines, and which one was taken.
 * @param {string} id
 * @returns {Promise<Layers>}
 */
export const layers = async (id) => (await call('GET', `${of(id)}/layers`)).json();

/**
 * One layer of a document by itself; of '' what the document shows.
 * @param {string} id
 * @param {string} path
 */
export const layer = async (id, path) => (await call('GET', `${of(id)}/layer.png?${new URLSearchParams({ path })}`)).blob();

/**
 * Line art of an upload.
 * @param {string} id
 * @param {Preparation} how
 * @param {AbortSignal} signal
 */
export async function prepared(id, { way, invert, ink, pencil }, signal) {
  const asked = new URLSearchParams({ way, invert: String(Number(invert)), ink: String(ink), pencil: String(Number(pencil)) });
  return (await call('GET', `${of(id)}/prepared.png?${asked}`, undefined, {}, signal)).blob();
}

export const lines = async (/** @type {string} */ id) => (await call('GET', `${of(id)}/lines.png`)).blob();
export const forget = (/** @type {string} */ id) => call('DELETE', of(id));

/**
 * True when the server still knows a drawing.
 * @param {string} id
 */
export async function knows(id) {
  try {
    await call('GET', `${of(id)}/preview.png?side=16`);
    return true;
  } catch (error) {
    if (statusOf(error) === 404) return false;
    throw error;
  }
}

export const setReference = (/** @type {string} */ id, /** @type {Blob} */ blob) => call('PUT', `${of(id)}/reference`, blob);
export const dropReference = (/** @type {string} */ id) => call('DELETE', `${of(id)}/reference`);

export const setFinished = (/** @type {string} */ id, /** @type {Blob} */ blob) => call('PUT', `${of(id)}/finished`, blob);
export const dropFinished = (/** @type {string} */ id) => call('DELETE', `${of(id)}/finished`);

/**
 * Colors without lines, as a picture file.
 * @param {string} id
 * @param {Request} request
 * @param {number} side largest, px; 0: full size
 */
export const colorLayer = async (id, request, side = 0) =>
  (await call('POST', `${of(id)}/color?lines=0&side=${side}`, JSON.stringify(request), JSON_TYPE)).blob();

/**
 * What a fill at a place would cover: white, on nothing.
 * @param {string} id
 * @param {Request} request
 * @param {Point} place
 * @param {number} side largest, px
 * @param {AbortSignal} [signal]
 */
export async function area(id, request, [x, y], side, signal) {
  const asked = new URLSearchParams({ x: String(x), y: String(y), side: String(side) });
  return (await call('POST', `${of(id)}/area?${asked}`, JSON.stringify(request), JSON_TYPE, signal)).blob();
}
export const setColored = (/** @type {string} */ id, /** @type {Blob} */ blob) => call('PUT', `${of(id)}/colored`, blob);
export const dropColored = (/** @type {string} */ id) => call('DELETE', `${of(id)}/colored`);

/**
 * Candidates one by one, as the server has them ready.
 * @param {string} id
 * @param {Request} request
 * @param {AbortSignal} [signal]
 * @returns {AsyncGenerator<Candidate, void>}
 */
export async function* candidates(id, request, signal) {
  const answer = await call('POST', `${of(id)}/candidates`, JSON.stringify(request), JSON_TYPE, signal);
  if (!answer.body) return;
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? '';
    const whole = rest.split('\n');
    rest = done ? '' : whole.pop() ?? '';
    for (const line of whole) {
      if (!line.trim()) continue;
      const said = JSON.parse(line);
      if (said.error) throw new ServerError(500, said.error, said.kind);
      yield said;
    }
    if (done) return;
  }
}

/**
 * The finished file in one of the server's formats.
 * @param {string} id
 * @param {Request} request
 * @param {Record<string, string>} options of the address, the format among them
 * @param {AbortSignal} [signal]
 */
export async function exported(id, request, options, signal) {
  const path = `${of(id)}/export?${new URLSearchParams(options)}`;
  return (await call('POST', path, JSON.stringify(request), JSON_TYPE, signal)).blob();
}

/**
 * A request's answer, as small as can be.
 * @param {string} id
 * @param {Request} request
 */
export const small = async (id, request) => (await call('POST', `${of(id)}/color?side=16`, JSON.stringify(request), JSON_TYPE)).blob();

/**
 * A request's answer with the drawing's lines, a PNG.
 * @param {string} id
 * @param {Request} request
 * @param {number} side longest, px; 0 is the drawing's own
 * @param {AbortSignal} [signal]
 */
export const colored = async (id, request, side, signal) => (
  await call('POST', `${of(id)}/color?side=${side}`, JSON.stringify(request), JSON_TYPE, signal)).blob();

/**
 * The colors of a palette file, of HEX text or of a picture.
 * @param {File} file
 * @returns {Promise<string[]>}
 */
export async function readPalette(file) {
  const headers = { 'X-File-Name': encodeURIComponent(file.name) };
  return (await (await call('POST', '/api/v1/palette', file, headers)).json()).colors;
}

/**
 * A palette file.
 * @param {string} name
 * @param {readonly string[]} colors
 * @param {string} format
 */
export async function writePalette(name, colors, format) {
  const path = `/api/v1/palette/export?format=${encodeURIComponent(format)}`;
  return (await call('POST', path, JSON.stringify({ name, colors }), JSON_TYPE)).blob();
}

/**
 * What a character file holds.
 * @param {File} file
 * @returns {Promise<Omit<Character, 'key'>>}
 */
export const readCharacter = async (file) => (await call('POST', '/api/v1/character', file, { 'X-File-Name': encodeURIComponent(file.name) })).json();

/**
 * A character file.
 * @param {Omit<Character, 'key'>} character
 */
export const writeCharacter = async (character) => (await call('POST', '/api/v1/character/export', JSON.stringify(character), JSON_TYPE)).blob();

/** @param {string} id */
export function liveAddress(id) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${of(id)}/live`;
}
