import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Events } from '../../src/senga/web/page/events.js';

test('a listener hears the events that it names, with what comes with them, and no others', () => {
  const events = new Events();
  const heard = [];
  events.on('lines trouble', (detail) => heard.push(detail ?? null));
  assert.deepEqual(heard, [], 'not before something is emitted');
  events.emit('lines');
  events.emit('state');
  events.emit('trouble', 'why');
  assert.deepEqual(heard, [null, 'why']);
});
