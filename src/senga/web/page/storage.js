// The browser's own copy of everything: drawings' bytes, their states, and the settings. Survives a reload.

/** @import { Stores } from './types.d.ts' */

const NAME = 'senga', VERSION = 1;

/** @type {Map<string, () => void>} what lets go of drawings that this window has, by their keys */
const mine = new Map();

/** @type {Promise<IDBDatabase> | null} */
let opened = null;

function database() {
  opened ??= new Promise((resolve, reject) => {
    const ask = indexedDB.open(NAME, VERSION);
    ask.onupgradeneeded = () => {
      for (const store of ['files', 'drawings', 'settings']) ask.result.createObjectStore(store);
    };
    ask.onsuccess = () => resolve(ask.result);
    ask.onerror = () => reject(ask.error);
  });
  return opened;
}

/**
 * What `work` asks of a store, when all of it is done.
 * @template Result
 * @param {keyof Stores} store
 * @param {IDBTransactionMode} mode
 * @param {(store: IDBObjectStore) => IDBRequest<Result>} work
 * @returns {Promise<Result>}
 */
async function within(store, mode, work) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const deal = base.transaction(store, mode);
    const ask = work(deal.objectStore(store));
    deal.oncomplete = () => resolve(ask.result);
    deal.onerror = deal.onabort = () => reject(deal.error);
  });
}

/**
 * Whether this window may work on a drawing: another window of the same browser that has it open keeps it.
 * A moment's patience: after a reload the page before may still be going.
 * @param {string} key
 * @returns {Promise<boolean>}
 */
export function own(key) {
  if (!navigator.locks || mine.has(key)) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = () => {
      resolve(true);
      return /** @type {Promise<void>} */ (new Promise((release) => { mine.set(key, release); }));
    };
    navigator.locks.request(`senga-${key}`, { signal: AbortSignal.timeout(700) }, held).catch(() => resolve(false));
  });
}

/**
 * Leaves a drawing to whoever wants it.
 * @param {string} key
 */
export function disown(key) {
  mine.get(key)?.();
  mine.delete(key);
}

/**
 * Changes what lies in a store, of which other windows may have changed other parts meanwhile.
 * @template {keyof Stores} Store
 * @param {Store} store
 * @param {string} key
 * @param {Stores[Store]} patch
 */
export async function merge(store, key, patch) {
  const base = await database();
  return new Promise((resolve, reject) => {
    const deal = base.transaction(store, 'readwrite'), place = deal.objectStore(store);
    const ask = place.get(key);
    ask.onsuccess = () => place.put({ ...ask.result, ...patch }, key);
    deal.oncomplete = () => resolve(undefined);
    deal.onerror = deal.onabort = () => reject(deal.error);
  });
}

/**
 * @template {keyof Stores} Store
 * @param {Store} store
 * @param {string} key
 * @param {Stores[Store]} value
 */
export const put = (store, key, value) => within(store, 'readwrite', (s) => s.put(value, key));

/**
 * What was put there; nothing where there is none.
 * @template {keyof Stores} Store
 * @param {Store} store
 * @param {string} key
 * @returns {Promise<Stores[Store] | undefined>}
 */
export const get = (store, key) => within(store, 'readonly', (s) => s.get(key));

/**
 * @param {keyof Stores} store
 * @param {string} key
 */
export const drop = (store, key) => within(store, 'readwrite', (s) => s.delete(key));

/**
 * @param {keyof Stores} store
 * @returns {Promise<string[]>}
 */
export const keys = async (store) => (await within(store, 'readonly', (s) => s.getAllKeys())).map(String);
