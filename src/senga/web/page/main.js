// Starts the page.

import { announce, fail } from './announce.js';
import { app } from './app.js';
import { buildBeside } from './beside.js';
import { characterPart } from './characterpart.js';
import { applyLanguage, buildChoices } from './choices.js';
import { colorPart } from './colorpart.js';
import { buildComparing } from './comparing.js';
import { coloringPart, palettePart } from './conditions.js';
import './divider.js';
import { element } from './elements.js';
import { buildExports } from './exporting.js';
import './fillpreview.js';
import './focus.js';
import { heldPart } from './heldpart.js';
import { placeIcons } from './icons.js';
import { ideasPart } from './ideas.js';
import { redo, undo } from './keyboard.js';
import { lightingPart } from './lighting.js';
import './onepalette.js';
import './opening.js';
import { buildOptions } from './optionsbar.js';
import './pointers.js';
import { buildPrepare } from './preparing.js';
import { referencePart } from './reference.js';
import './selectkeys.js';
import { swatchPart } from './swatches.js';
import './tabs.js';
import { buildToolbar } from './toolbar.js';
import { versionsPart } from './versionspart.js';
import { buildViewbar } from './viewbar.js';
import { t } from './words.js';

const undoButton = element('undo', HTMLButtonElement);
const redoButton = element('redo', HTMLButtonElement);
const state = element('state', HTMLElement);

placeIcons();
buildToolbar();
buildViewbar();
buildExports();
buildPrepare();
buildBeside();
buildComparing();
buildOptions();
buildChoices();

undoButton.addEventListener('click', undo);
redoButton.addEventListener('click', redo);
app.on('state front', () => {
  undoButton.disabled = !app.current?.history.past.length;
  redoButton.disabled = !app.current?.history.future.length;
});

// What the server is doing, seen after a moment only: quick answers do not flicker.
/** @type {number | undefined} */
let soon;
app.on('busy link color front', () => {
  const drawing = app.current;
  const away = drawing && drawing.color && !drawing.linked;
  const working = drawing && drawing.busy;
  clearTimeout(soon);
  soon = setTimeout(() => {
    state.hidden = !away && !working;
    state.classList.toggle('away', !!away);
    state.textContent = away ? t('away') : t('working');
    document.body.classList.toggle('working', !!working);
  }, away ? 1500 : working ? 350 : 0);
});

let waited = false;
app.on('busy', () => {
  if (app.current?.busy) waited = true;
  else if (waited && !app.current?.growing) {
    waited = false;
    announce(t('colored'));
  }
});

app.on('trouble', fail);

async function start() {
  try {
    await app.restore();
  } catch (error) {
    fail(t('kept-fail', { why: error instanceof Error ? error.message : String(error) }));
    app.emit('settings');
  }
  navigator.storage?.persist?.();
  document.documentElement.dataset.ready = 'true';
}

// Parts remember whether they are folded: they are made when the settings are known.
app.addEventListener('settings', () => {
  element('parts', HTMLElement).append(colorPart(), swatchPart(), coloringPart(), heldPart(), lightingPart(), ideasPart(), versionsPart(), palettePart(), referencePart(), characterPart());
  app.emit('state');
  app.emit('settings');
  applyLanguage();
}, { once: true });
app.emit('front');
start();

window.addEventListener('beforeunload', () => { for (const drawing of app.drawings) if (drawing.saving) drawing.saveNow(); });
document.addEventListener('visibilitychange', () => {
  if (document.hidden) for (const drawing of app.drawings) if (drawing.saving) drawing.saveNow();
});
