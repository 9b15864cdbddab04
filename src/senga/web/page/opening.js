// Opening drawings: dropped, pasted or chosen, with the upload's progress.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { askFiles } from './dom.js';
import { element } from './elements.js';
import { label, t } from './words.js';

const box = element('upload', HTMLElement);
const bar = element('upload-bar', HTMLProgressElement);
const title = element('upload-name', HTMLElement);
const over = element('over', HTMLElement);

/** @param {File[]} files */
export async function openFiles(files) {
  for (const file of files) {
    const name = file.name || 'drawing';
    title.textContent = t('uploading', { name });
    label(bar, t('uploading', { name }));
    bar.value = 0;
    box.hidden = false;
    try {
      const { width, height } = await app.open(file, name, (share) => { if (share < 1) bar.value = share; else bar.removeAttribute('value'); });
      note(t('opened', { name, width, height }));
    } catch (error) { fail(error, name); }
    box.hidden = true;
  }
}

export async function chooseFiles() {
  openFiles(await askFiles({ accept: 'image/*,.senga,.psd,.tif,.tiff,.webp', multiple: true }));
}

element('open-sample', HTMLButtonElement).addEventListener('click', async () => {
  try {
    openFiles([new File([await (await fetch('/page/sample.png')).blob()], `${t('sample-name')}.png`)]);
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
  openFiles([...event.dataTransfer?.files ?? []]);
}, false);
// A drop on a panel's own place does not reach the window: the overlay goes away all the same.
window.addEventListener('drop', () => { depth = 0; over.hidden = true; }, true);

window.addEventListener('paste', (event) => {
  const files = [...event.clipboardData?.files ?? []];
  if (!files.length) return;
  event.preventDefault();
  openFiles(files);
});
