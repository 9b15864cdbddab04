// Files into a zip, stored as they are since pictures are compressed already, and the files of one.

const MOST = 700_000_000; // bytes, unpacked
const DATE = new Date(1980, 0, 1); // the first that a zip can say: equal files make equal zips

// Loaded when a file is saved or opened: the page itself starts without it.
const codec = () => import('./vendor/fflate.js');

/**
 * A zip of files; names that occur twice get a number.
 * @param {[name: string, blob: Blob][]} files
 */
export async function zip(files) {
  /** @type {Map<string, Uint8Array<ArrayBuffer>>} */
  const contents = new Map();
  for (const [name, blob] of files) contents.set(unused(name, contents), new Uint8Array(await blob.arrayBuffer()));
  const { zipSync } = await codec();
  return new Blob([zipSync(Object.fromEntries(contents), { level: 0, mtime: DATE })], { type: 'application/zip' });
}

/**
 * The files of a zip by name; throws where it is no zip, a broken one or too large. Nothing is unpacked before its name
 * and size are known to be in order.
 * @param {Blob} blob
 * @param {Map<string, number> | null} known the names that there may be, and most bytes of each; null: any
 */
export async function unzip(blob, known = null) {
  if (blob.size > MOST) throw new Error('too large');
  const { unzipSync } = await codec();
  let all = 0;
  const seen = new Set();
  const fits = (/** @type {{name: string, originalSize: number}} */ { name, originalSize }) => {
    all += originalSize;
    const most = known ? known.get(name) : MOST;
    if (most === undefined || seen.has(name)) throw new Error(`not of its form: ${name.slice(0, 40)}`);
    seen.add(name);
    if (all > MOST || originalSize > most) throw new Error('too large');
    return true;
  };
  const contents = unzipSync(new Uint8Array(await blob.arrayBuffer()), { filter: fits });
  return new Map(Object.entries(contents).map(([name, bytes]) => [name, new Blob([bytes])]));
}

/**
 * @param {string} name
 * @param {Map<string, unknown>} used
 */
function unused(name, used) {
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
  let free = name;
  for (let n = 2; used.has(free); n += 1) free = `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
  return free;
}
