// What went wrong, in the person's language: words for the kinds of errors, and as a detail what was said of it.

import { ServerError } from './server.js';
import { languageNow, t } from './words.js';

/** An error of the page itself, in its words already; `detail` is for who wants to know more. */
export class Told extends Error {
  /**
   * @param {string} words
   * @param {string} detail
   * @param {ErrorOptions} [options]
   */
  constructor(words, detail, options) {
    super(detail ? `${words} (${detail})` : words, options);
    this.words = words;
    this.detail = detail;
  }
}

/** By status, then by what the server says of a picture: [pattern, key of words]. */
/** @type {Record<number, string>} */
const STATUSES = { 0: 'offline', 401: 'e-token', 404: 'e-gone', 408: 'e-slow', 413: 'e-large', 429: 'busy-server', 500: 'e-defect', 503: 'busy-server' };

/** @type {[RegExp, string][]} by what the server says of a picture */
const PICTURES = [
  [/empty file/, 'e-empty'],
  [/not a picture|no picture|archive|is a folder/, 'e-no-picture'],
  [/times as long|too slim/, 'e-slim'],
  [/too large|megapixels|cannot be saved/, 'e-large'],
  [/broken|truncated|cut off|ends early|of it is there/, 'e-broken'],
];

/** @type {Record<string, string>} by the error's kind */
const KINDS = { ImageError: 'e-picture', ProjectError: 'project-bad', PaletteError: 'e-palette', HintError: 'e-request', ModelError: 'e-model' };

/**
 * One line about an error, and more of it where there is any.
 * @param {unknown} error
 * @param {string} name of the file that it is about
 * @returns {{words: string, detail: string}}
 */
export function told(error, name = '') {
  const about = (/** @type {string} */ words) => (name ? t('about', { name, words }) : words);
  if (error instanceof Told) return { words: about(error.words), detail: error.detail };
  if (!(error instanceof ServerError)) {
    const said = error instanceof Error ? error.message : String(error);
    return languageNow() === 'en' ? { words: about(said), detail: '' } : { words: about(t('e-page')), detail: said };
  }
  const { status, kind = '', message } = error;
  const said = name ? message.replace(/^the (drawing|file|reference|project's drawing)\b(: )?/, '') : message;
  const picture = kind === 'ImageError' ? PICTURES.find(([pattern]) => pattern.test(message))?.[1] : undefined;
  const key = STATUSES[status] ?? picture ?? KINDS[kind] ?? 'e-refused';
  // The server speaks English: what it says of a file is the best line there is of it.
  if (languageNow() === 'en' && ![0, 401, 429, 503].includes(status)) return { words: about(said), detail: '' };
  return { words: about(t(key)), detail: status === 0 ? '' : said };
}
