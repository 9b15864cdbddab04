import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Told, told } from '../../src/senga/web/page/complaints.js';
import { ServerError } from '../../src/senga/web/page/server.js';
import { chooseLanguage } from '../../src/senga/web/page/words.js';

globalThis.document = { documentElement: {} };
afterEach(() => chooseLanguage('en'));

const BROKEN = new ServerError(422, 'the drawing: broken or truncated picture: bad CRC; save it again', 'ImageError');
const ERRORS = [BROKEN, new ServerError(422, 'the drawing: empty file', 'ImageError'), new ServerError(0, 'no answer'),
  new ServerError(413, 'more than 64 MB; send less', 'TooLarge'), new ServerError(503, 'too many works', 'Busy'),
  new ServerError(404, 'no such drawing', 'NotFound'), new ServerError(401, 'needs the token', 'Unauthorized'),
  new ServerError(422, 'marks 1: no points', 'HintError'), new ServerError(500, 'a defect', 'Defect'), new TypeError('x is undefined')];

test('in English the server\'s own line is shown, with the file\'s name', () => {
  assert.deepEqual(told(BROKEN, 'cat.png'), { words: 'cat.png: broken or truncated picture: bad CRC; save it again', detail: '' });
});

for (const language of ['ja', 'zh']) {
  test(`no error is shown in English where the page speaks ${language}; what was said is a detail`, () => {
    chooseLanguage(language);
    for (const error of ERRORS) {
      const { words, detail } = told(error);
      assert.doesNotMatch(words.replace(/senga|PNG|JPEG/g, ''), /[a-z]{2}/i, words);
      assert.ok(!error.status || detail, words);
    }
  });
}

test('different defects of a picture have different words', () => {
  chooseLanguage('ja');
  const said = ['the drawing: empty file', 'the drawing: not a picture that senga reads', 'the drawing: too large: 1x1 px',
    'the drawing: broken picture'].map((text) => told(new ServerError(422, text, 'ImageError')).words);
  assert.equal(new Set(said).size, 4);
});

test('an error of the page is in its words already', () => {
  assert.deepEqual(told(new Told('壊れています。', 'marks 1'), 'a.senga'), { words: 'a.senga: 壊れています。', detail: 'marks 1' });
});
