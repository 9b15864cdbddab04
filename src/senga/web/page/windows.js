// Which window of the browser this is: each has the drawings that it opened, and leaves those of others alone.

const NAME = 'senga-window';
const PATIENCE = 600; // ms that a window which is being loaded anew is away

/** @type {string} */
let id = '';

export const windowId = () => id;

/**
 * Takes this window's name: the one it had before it was loaded anew, unless a copy of it has that.
 * @returns {Promise<string>}
 */
export async function enter() {
  id = sessionStorage.getItem(NAME) ?? '';
  if (!id || !(await hold(id))) {
    id = [...crypto.getRandomValues(new Uint8Array(9))].map((b) => b.toString(36)).join('');
    await hold(id);
  }
  sessionStorage.setItem(NAME, id);
  return id;
}

/**
 * Which of some windows are there now, or come back within a moment.
 * @param {Set<string>} ids
 * @returns {Promise<Set<string>>}
 */
export async function alive(ids) {
  if (!ids.size || !navigator.locks) return new Set();
  await new Promise((go) => { setTimeout(go, PATIENCE); });
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name }) => (name ?? '').replace(`${NAME}-`, '')).filter((name) => ids.has(name)));
}

/**
 * Holds a window's name as long as the window is there; false where another has it.
 * @param {string} name
 * @returns {Promise<boolean>}
 */
function hold(name) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    const held = () => { resolve(true); return new Promise(() => {}); };
    navigator.locks.request(`${NAME}-${name}`, { signal: AbortSignal.timeout(PATIENCE) }, held).catch(() => resolve(false));
  });
}
