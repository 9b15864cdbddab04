// One palette to color with over all open drawings, where the person wants that: what is changed in front is changed in
// all, one step in each.

import { app } from './app.js';

/** @import { State } from './types.d.ts' */

/** @type {Pick<State, 'palette' | 'paletteOn'> | null} what all have; none until it is known */
let shared = null;

/** Gives the palette of the front drawing to all others. */
function spread() {
  const { current, drawings, settings } = app;
  if (!settings.onePalette) {
    shared = null;
    return;
  }
  if (!current) return;
  const { palette, paletteOn, fromIdea } = current.state;
  if (shared?.palette === palette && shared.paletteOn === paletteOn) return;
  shared = { palette, paletteOn };
  for (const drawing of drawings) {
    const { state } = drawing;
    if (drawing !== current && (state.palette !== palette || state.paletteOn !== paletteOn)) drawing.change({ palette, paletteOn, fromIdea });
  }
}

/** A drawing that comes to the front takes the palette that all have. */
function take() {
  const { current, settings } = app;
  if (!settings.onePalette || !shared || !current) return;
  const { state } = current, { palette, paletteOn } = shared;
  const same = state.paletteOn === paletteOn && String(state.palette) === String(palette);
  if (same) shared = { palette: state.palette, paletteOn };
  else current.change({ palette, paletteOn, fromIdea: false });
}

app.on('front', take);
app.on('state settings', spread);
