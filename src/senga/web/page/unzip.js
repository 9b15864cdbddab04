// The files in a zip: stored or deflated ones, as project files have them.

const MOST = 700_000_000; // bytes, unpacked

/** A Map of names to Blobs; throws where it is no zip or a broken one. */
export async function unzip(blob) {
  const tail = new DataView(await blob.slice(Math.max(0, blob.size - 70000)).arrayBuffer());
  let end = tail.byteLength - 22;
  while (end >= 0 && tail.getUint32(end, true) !== 0x06054b50) end -= 1;
  if (end < 0) throw new Error('not a zip');
  const count = tail.getUint16(end + 10, true), at = tail.getUint32(end + 16, true), size = tail.getUint32(end + 12, true);
  const index = new DataView(await blob.slice(at, at + size).arrayBuffer());
  const files = new Map();
  let place = 0, all = 0;
  for (let i = 0; i < count; i += 1) {
    if (index.getUint32(place, true) !== 0x02014b50) throw new Error('a broken zip');
    const method = index.getUint16(place + 10, true), packed = index.getUint32(place + 20, true);
    const lengths = [28, 30, 32].map((field) => index.getUint16(place + field, true));
    const name = new TextDecoder().decode(new Uint8Array(index.buffer, place + 46, lengths[0]));
    const from = index.getUint32(place + 42, true);
    all += index.getUint32(place + 24, true);
    if (all > MOST) throw new Error('too large');
    const head = new DataView(await blob.slice(from, from + 30).arrayBuffer());
    const start = from + 30 + head.getUint16(26, true) + head.getUint16(28, true);
    const body = blob.slice(start, start + packed);
    files.set(name, method ? await new Response(body.stream().pipeThrough(new DecompressionStream('deflate-raw'))).blob() : body);
    place += 46 + lengths[0] + lengths[1] + lengths[2];
  }
  return files;
}
