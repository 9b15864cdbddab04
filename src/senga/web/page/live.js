// The painting channel of one drawing: sends the newest request, takes the newest answer, comes back by itself.

import { knows, liveAddress } from './server.js';

const SLOWEST = 8000; // ms between tries to come back
const PATIENCE = 60000; // ms until a request is sent again

export class Live {
  /**
   * handlers: {color(answer), error(said), link(up), forgotten(id)}
   */
  constructor(handlers) {
    this.handlers = handlers;
    this.seq = 0;
    this.floor = 0; // answers below are stale
    this.shown = 0;
    this.wanted = null; // the newest request, kept for the next connection
    this.sent = 0;
    this.socket = null;
    this.wait = 500;
  }

  /** Connects to a drawing by its id. */
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

  /** Asks for a picture. While a stroke grows (`final` false) one request at a time is under way. */
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

  async #take(data) {
    if (typeof data === 'string') {
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
    const header = JSON.parse(new TextDecoder().decode(new Uint8Array(data, 4, length)));
    const at = 4 + length;
    const { seq } = header;
    const stale = seq < this.floor || seq <= this.shown;
    this.shown = Math.max(this.shown, seq);
    this.#pump(false);
    if (stale) return;
    const middle = header.ink ? at + header.color : data.byteLength;
    const color = await createImageBitmap(new Blob([new Uint8Array(data, at, middle - at)]));
    const ink = header.ink ? await createImageBitmap(new Blob([new Uint8Array(data, middle, header.ink)])) : null;
    if (seq < this.floor) return color.close();
    this.handlers.color({ seq, color, ink, header });
  }

  /** After a lost connection: has the server forgotten the drawing, or is it away for a while? */
  async #comeBack(met) {
    const { id } = this;
    this.again = setTimeout(async () => {
      try {
        if (!met && !(await knows(id))) return this.handlers.forgotten(id);
      } catch { /* away: try again */ }
      if (this.id === id && !this.socket) this.connect(id);
    }, met ? 100 : this.wait);
    this.wait = Math.min(SLOWEST, this.wait * 1.7);
  }
}
