// A zip of files as they are (pictures are compressed already).

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k += 1) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});

function crc(bytes) {
  let sum = 0xffffffff;
  for (const byte of bytes) sum = TABLE[(sum ^ byte) & 255] ^ (sum >>> 8);
  return (sum ^ 0xffffffff) >>> 0;
}

/** A Blob of [name, Blob] pairs; names that occur twice get a number. */
export async function zip(files) {
  const parts = [], index = [], used = new Set();
  let at = 0;
  for (const [wanted, blob] of files) {
    const name = new TextEncoder().encode(unused(wanted, used));
    const bytes = new Uint8Array(await blob.arrayBuffer());
    const common = fields([20, 2], [0x0800, 2], [0, 2], [0, 2], [0x21, 2], [crc(bytes), 4], [bytes.length, 4],
      [bytes.length, 4], [name.length, 2], [0, 2]);
    parts.push(fields([0x04034b50, 4]), common, name, bytes);
    index.push(fields([0x02014b50, 4], [20, 2]), common, fields([0, 2], [0, 2], [0, 2], [0, 4], [at, 4]), name);
    at += 4 + common.length + name.length + bytes.length;
  }
  const size = index.reduce((sum, part) => sum + part.length, 0);
  const end = fields([0x06054b50, 4], [0, 2], [0, 2], [files.length, 2], [files.length, 2], [size, 4], [at, 4], [0, 2]);
  return new Blob([...parts, ...index, end], { type: 'application/zip' });
}

function unused(name, used) {
  const dot = name.lastIndexOf('.') > 0 ? name.lastIndexOf('.') : name.length;
  let free = name;
  for (let n = 2; used.has(free); n += 1) free = `${name.slice(0, dot)}-${n}${name.slice(dot)}`;
  used.add(free);
  return free;
}

function fields(...pairs) {
  const bytes = [];
  for (const [value, length] of pairs) for (let i = 0; i < length; i += 1) bytes.push((value >>> (8 * i)) & 255);
  return Uint8Array.from(bytes);
}
