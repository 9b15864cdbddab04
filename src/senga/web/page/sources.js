// What can be looked at large: what is shown now, the versions and the ideas of a drawing, and what can be done with each.

import { stateWith, take, toggleMark } from './candidates.js';
import { goBack, keep, nextName } from './versions.js';
import { t } from './words.js';

/** @import { Drawing } from './drawing.js' */
/** @import { State } from './types.d.ts' */

/**
 * @typedef {object} Source
 * @property {string} id
 * @property {'now' | 'version' | 'idea'} kind
 * @property {string} name
 * @property {State} state
 * @property {boolean} [starred]
 * @property {() => unknown} [star]
 * @property {() => unknown} [keep] as a version
 * @property {() => unknown} [take] as what is shown
 */

/**
 * @param {Drawing} drawing
 * @returns {Source[]}
 */
export function sources(drawing) {
  const kept = (/** @type {State} */ state) => () => keep(drawing, state, nextName(drawing.versions));
  return [
    { id: 'now', kind: 'now', name: t('compare-now'), state: drawing.state, keep: kept(drawing.state) },
    ...drawing.versions.map((version) => ({
      id: `version:${version.key}`, kind: /** @type {const} */ ('version'), name: version.name, state: version.state,
      take: () => goBack(drawing, version),
    })),
    ...drawing.ideas.map((idea, i) => {
      const state = stateWith(drawing, idea);
      return { id: `idea:${idea.key}`, kind: /** @type {const} */ ('idea'), name: t('idea', { n: i + 1 }), state, starred: idea.marked,
        star: () => toggleMark(drawing, idea.key), keep: kept(state), take: () => take(drawing, idea) };
    }),
  ];
}
