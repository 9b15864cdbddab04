// Files on the person's disk: where the browser hands out files to write to, a project is saved to the one it came from.

import { askFiles, download } from './dom.js';

/** @import { Opened } from './types.d.ts' */

const KIND = { description: 'senga', accept: { 'application/zip': /** @type {`.${string}`[]} */ (['.senga']) } };

/**
 * The person's choice, or null where none was made.
 * @template Choice
 * @param {Promise<Choice>} asked
 * @returns {Promise<Choice | null>}
 */
async function chosen(asked) {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') return null;
    throw error;
  }
}

/**
 * Asks for files to open.
 * @param {string} accept
 * @returns {Promise<Opened[]>}
 */
export async function chooseOpen(accept) {
  if (!window.showOpenFilePicker) return (await askFiles({ accept, multiple: true })).map((file) => ({ file, handle: null }));
  const handles = await chosen(window.showOpenFilePicker({ multiple: true })) ?? [];
  return Promise.all(handles.map(async (handle) => ({ file: await handle.getFile(), handle })));
}

/**
 * The files of a drop, with what they can be written by. Asked for at once: a drop is over with its event.
 * @param {DataTransfer} data
 * @returns {Promise<Opened[]>}
 */
export async function dropped(data) {
  const files = [...data.files];
  const asked = [...data.items].filter((item) => item.kind === 'file')
    .map((item) => item.getAsFileSystemHandle?.().catch(() => null) ?? Promise.resolve(null));
  const handles = await Promise.all(asked);
  return files.map((file, i) => {
    const handle = handles[i];
    return { file, handle: handle?.kind === 'file' ? /** @type {FileSystemFileHandle} */ (handle) : null };
  });
}

/**
 * Saves a project: to its own file where it has one that may be written, else where the person says; where the browser
 * hands out no files, as a download. Answers with the file, or null for a download; undefined where nothing was saved.
 * @param {() => Promise<Blob>} make
 * @param {string} name
 * @param {FileSystemFileHandle | null} own
 * @returns {Promise<FileSystemFileHandle | null | undefined>}
 */
export async function saveFile(make, name, own) {
  if (!window.showSaveFilePicker) {
    download(await make(), name);
    return null;
  }
  // Asked before the file is made: a browser takes a click as leave for some seconds only.
  const handle = own && (await mayWrite(own)) ? own : await chosen(window.showSaveFilePicker({ suggestedName: name, types: [KIND] }));
  if (!handle) return undefined;
  const out = await handle.createWritable();
  try {
    await out.write(await make());
    await out.close();
  } catch (error) {
    await out.abort().catch(() => {});
    throw error;
  }
  return handle;
}

/** @param {FileSystemFileHandle} handle */
async function mayWrite(handle) {
  const mode = /** @type {const} */ ({ mode: 'readwrite' });
  if ((await handle.queryPermission?.(mode) ?? 'granted') === 'granted') return true;
  return (await handle.requestPermission?.(mode)) === 'granted';
}
