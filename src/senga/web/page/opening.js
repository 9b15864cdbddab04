// Opening drawings: dropped, pasted or chosen, with the upload's progress.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { chooseOpen, dropped } from './disk.js';
import { element } from './elements.js';
import { t } from './words.js';
import { carry, isCancelled } from './works.js';

/** @import { Opened } from './types.d.ts' */

const over = element('over', HTMLElement);

/** @param {Opened[]} opened */
export async function openFiles(opened) {
  for (const { file, handle } of opened) {
    const name = file.name || 'drawing';
    try {
      const there = handle && (await openAlready(handle));
      if (there) {
        app.front(there);
        continue;
      }
      const { width, height } = await carry(t('uploading', { name }), (signal, tell) => app.open(file, name, tell, { handle, signal }), 300);
      note(t('opened', { name, width, height }));
    } catch (error) { if (!isCancelled(error)) fail(error, name); }
  }
}

/**
 * The open drawing that is saved to a file.
 * @param {FileSystemFileHandle} handle
 */
async function openAlready(handle) {
  for (const drawing of app.drawings) if (await drawing.handle?.isSameEntry(handle)) return drawing;
  return null;
}

/** @param {File[]} files */
const plain = (files) => files.map((file) => ({ file, handle: null }));

export async function chooseFiles() {
  openFiles(await chooseOpen('image/*,.senga,.psd,.psb,.ora,.kra,.tif,.tiff,.webp'));
}

element('open-sample', HTMLButtonElement).addEventListener('click', async () => {
  try {
    openFiles(plain([new File([await (await fetch('/page/sample.png')).blob()], `${t('sample-name')}.png`)]));
  } catch (error) { fail(error); }
});

for (const id of ['open', 'open-first']) element(id, HTMLButtonElement).addEventListener('click', chooseFiles);

const hasFiles = (/** @type {DragEvent} */ event) => event.dataTransfer?.types.includes('Files');
let depth = 0;
window.addEventListener('dragenter', (event) => {
  if (!hasFiles(event)) return;
  depth += 1;
  over.hidden = false;
});
window.addEventListener('dragleave', () => {
  depth = Math.max(0, depth - 1);
  if (!depth) over.hidden = true;
});
window.addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
window.addEventListener('drop', (event) => {
  depth = 0;
  over.hidden = true;
  if (event.defaultPrevented || !hasFiles(event)) return;
  event.preventDefault();
  if (event.dataTransfer) dropped(event.dataTransfer).then(openFiles);
}, false);
// A drop on a panel's own place does not reach the window: the overlay goes away all the same.
window.addEventListener('drop', () => { depth = 0; over.hidden = true; }, true);

window.addEventListener('paste', (event) => {
  const files = [...event.clipboardData?.files ?? []];
  if (!files.length) return;
  event.preventDefault();
  openFiles(plain(files));
});
