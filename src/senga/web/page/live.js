// The painting channel of one drawing: sends the newest request, takes the newest answer, comes back by itself.

import { knows, liveAddress } from './server.js';

/** @import { AnswerHeader, Complaint, LiveHandlers, Request } from './types.d.ts' */

const SLOWEST = 8000; // ms between tries to come back
const PATIENCE = 60000; // ms until a request is sent again

export class Live {
  seq = 0;
  floor = 0; // answers below are stale
  shown = 0;
  sent = 0;
  wait = 500; // ms until the next try to come back
  id = '';
  /** @type {{seq: number, request: Request, side: number} | null} the newest request, kept for the next connection */
  wanted = null;
  /** @type {WebSocket | null} */
  socket = null;
  /** @type {number | undefined} timer of the next try to come back */
  again;
  /** @type {number | undefined} timer of a request that was not answered */
  patience;
  /** @type {number | undefined} timer of a request that the server had no time for */
  retry;

  /** @param {LiveHandlers} handlers */
  constructor(handlers) {
    this.handlers = handlers;
  }

  /**
   * Connects to a drawing by its id.
   * @param {string} id
   */
  connect(id) {
    this.close();
    this.id = id;
    const socket = new WebSocket(liveAddress(id));
    socket.binaryType = 'arraybuffer';
    this.socket = socket;
    let met = false;
    socket.onopen = () => {
      met = true;
      this.wait = 500;
      this.sent = this.shown;
      this.handlers.link(true);
      this.#pump(true);
    };
    socket.onmessage = (event) => this.#take(event.data);
    socket.onclose = () => {
      if (this.socket !== socket) return;
      this.socket = null;
      this.handlers.link(false);
      this.#comeBack(met);
    };
  }

  close() {
    clearTimeout(this.again);
    clearTimeout(this.patience);
    clearTimeout(this.retry);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }

  /**
   * Asks for a picture. While a stroke grows (`final` false) one request at a time is under way.
   * @param {Request} request
   * @param {number} side
   * @param {boolean} final
   */
  ask(request, side, final) {
    this.seq += 1;
    this.wanted = { seq: this.seq, request, side };
    if (final) this.floor = this.seq;
    this.#pump(final);
    return this.seq;
  }

  /** Nothing that was asked so far is wanted any more. */
  giveUp() {
    this.floor = this.seq + 1;
    this.wanted = null;
  }

  get busy() {
    return this.wanted !== null && this.shown < this.wanted.seq;
  }

  /** @param {boolean} now */
  #pump(now, again = false) {
    if (!this.wanted || this.socket?.readyState !== WebSocket.OPEN) return;
    if (again && this.wanted.seq <= this.shown) this.wanted = { ...this.wanted, seq: (this.floor = this.seq += 1) };
    if (this.wanted.seq <= this.sent || (!now && this.sent > this.shown)) return;
    this.sent = this.wanted.seq;
    this.socket.send(JSON.stringify(this.wanted));
    clearTimeout(this.patience);
    this.patience = setTimeout(() => {
      if (!this.busy) return;
      this.sent = this.shown;
      this.#pump(true);
    }, PATIENCE);
  }

  /** @param {string | ArrayBuffer} data */
  async #take(data) {
    if (typeof data === 'string') {
      /** @type {Complaint} */
      const said = JSON.parse(data);
      if (said.seq) this.shown = Math.max(this.shown, said.seq);
      if (said.kind === 'Busy' && this.wanted) {
        clearTimeout(this.retry);
        this.retry = setTimeout(() => this.#pump(true, true), 1500);
      } else if (!said.seq || said.seq >= this.floor) this.handlers.error(said);
      this.#pump(false);
      return;
    }
    const length = new DataView(data).getUint32(0, true);
    /** @type {AnswerHeader} */
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    const at = 4 + length;
    const { seq } = header;
    const stale = seq < this.floor || seq <= this.shown;
    this.shown = Math.max(this.shown, seq);
    this.#pump(false);
    if (stale) return;
    const middle = header.ink ? at + (header.color ?? 0) : data.byteLength;
    const color = await createImageBitmap(new Blob([new Uint8Array(data, at, middle - at)]));
    const ink = header.ink ? await createImageBitmap(new Blob([new Uint8Array(data, middle, header.ink)])) : null;
    if (seq < this.floor) {
      color.close();
      ink?.close();
    } else this.handlers.color({ seq, color, ink, header });
  }

  /**
   * After a lost connection: has the server forgotten the drawing, or is it away for a while?
   * @param {boolean} met whether the connection had been there
   */
  #comeBack(met) {
    const { id } = this;
    this.again = setTimeout(async () => {
      try {
        if (!met && !(await knows(id))) {
          this.handlers.forgotten(id);
          return;
        }
      } catch { /* away: try again */ }
      if (this.id === id && !this.socket) this.connect(id);
    }, met ? 100 : this.wait);
    this.wait = Math.min(SLOWEST, this.wait * 1.7);
  }
}
