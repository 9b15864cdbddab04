// Calls to the server, each one function. What goes wrong comes as a ServerError.

import { t } from './words.js';

export class ServerError extends Error {
  constructor(status, message, kind) {
    super(message);
    Object.assign(this, { status, kind });
  }

  /** One line for a person. */
  text() {
    if (this.status === 0) return t('offline');
    if (this.status === 503 || this.status === 429) return t('busy-server');
    return this.message;
  }
}

async function call(method, path, body, headers = {}) {
  let answer;
  try {
    answer = await fetch(path, { method, body, headers, cache: 'no-store' });
  } catch {
    throw new ServerError(0, 'no answer');
  }
  if (answer.ok) return answer;
  let said = {};
  try {
    said = await answer.json();
  } catch { /* not JSON: the status has to do */ }
  throw new ServerError(answer.status, said.error ?? `${answer.status} ${answer.statusText}`, said.kind);
}

const JSON_TYPE = { 'Content-Type': 'application/json' };
const of = (id) => `/api/drawings/${encodeURIComponent(id)}`;

export const info = async () => (await call('GET', '/api/info')).json();

/** Uploads a drawing or a project; `progress` hears of 0 to 1. */
export function upload(blob, name, progress = () => {}) {
  return new Promise((resolve, reject) => {
    const ask = new XMLHttpRequest();
    ask.open('POST', '/api/drawings');
    ask.setRequestHeader('Content-Type', 'application/octet-stream');
    ask.setRequestHeader('X-File-Name', encodeURIComponent(name));
    ask.responseType = 'json';
    ask.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    ask.onerror = () => reject(new ServerError(0, 'no answer'));
    ask.onload = () => {
      if (ask.status === 201 || ask.status === 200) resolve(ask.response);
      else reject(new ServerError(ask.status, ask.response?.error ?? `${ask.status}`, ask.response?.kind));
    };
    ask.send(blob);
  });
}

export const lines = async (id) => (await call('GET', `${of(id)}/lines.png`)).blob();
export const forget = (id) => call('DELETE', of(id));

/** True when the server still knows a drawing. */
export async function knows(id) {
  try {
    await call('GET', `${of(id)}/preview.png?side=16`);
    return true;
  } catch (error) {
    if (error.status === 404) return false;
    throw error;
  }
}

export const setReference = async (id, blob) => (await call('PUT', `${of(id)}/reference`, blob)).json();
export const dropReference = (id) => call('DELETE', `${of(id)}/reference`);

/** Candidates one by one, as the server has them ready. */
export async function* candidates(id, request) {
  const answer = await call('POST', `${of(id)}/candidates`, JSON.stringify(request), JSON_TYPE);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { value, done } = await reader.read();
    rest += value ?? '';
    const whole = rest.split('\n');
    rest = done ? '' : whole.pop();
    for (const line of whole) {
      if (!line.trim()) continue;
      const said = JSON.parse(line);
      if (said.error) throw new ServerError(500, said.error, said.kind);
      yield said;
    }
    if (done) return;
  }
}

/** The finished file in one of the server's formats. */
export async function exported(id, request, format) {
  const path = `${of(id)}/export?format=${encodeURIComponent(format)}`;
  return (await call('POST', path, JSON.stringify(request), JSON_TYPE)).blob();
}

/** The colors of a palette file, of HEX text or of a picture. */
export async function readPalette(blob, name = '') {
  const headers = name ? { 'X-File-Name': encodeURIComponent(name) } : {};
  return (await (await call('POST', '/api/palette', blob, headers)).json()).colors;
}

export async function writePalette(name, colors, format) {
  const path = `/api/palette/export?format=${encodeURIComponent(format)}`;
  return (await call('POST', path, JSON.stringify({ name, colors }), JSON_TYPE)).blob();
}

export function liveAddress(id) {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${of(id)}/live`;
}
