// Types of what the page uses of fflate.

/** What a zip's table of contents says about a file; sizes in bytes. */
export interface ZipEntry {
  name: string;
  size: number;
  originalSize: number;
  compression: number;
}

/** A zip of files by name; level 0 stores them as they are. */
export function zipSync(
  files: Record<string, Uint8Array<ArrayBuffer>>,
  options: { level: 0; mtime: Date },
): Uint8Array<ArrayBuffer>;

/** The files in a zip for which `filter` is true, by name; throws where it is no zip or a broken one. */
export function unzipSync(
  data: Uint8Array<ArrayBuffer>,
  options: { filter(entry: ZipEntry): boolean },
): Record<string, Uint8Array<ArrayBuffer>>;
