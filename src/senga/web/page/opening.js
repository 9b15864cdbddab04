// Opening drawings: dropped, pasted or chosen, with the upload's progress.

import { fail, note } from './announce.js';
import { app } from './app.js';
import { askFiles } from './dom.js';
import { label, t } from './words.js';

const box = document.getElementById('upload');
const bar = document.getElementById('upload-bar');
const over = document.getElementById('over');

export async function openFiles(files) {
  for (const file of files) {
    const name = file.name || 'drawing';
    document.getElementById('upload-name').textContent = t('uploading', { name });
    label(bar, t('uploading', { name }));
    bar.value = 0;
    box.hidden = false;
    try {
      const { width, height } = await app.open(file, name, (share) => { if (share < 1) bar.value = share; else bar.removeAttribute('value'); });
      note(t('opened', { name, width, height }));
    } catch (error) { fail(error); }
    box.hidden = true;
  }
}

export async function chooseFiles() {
  openFiles(await askFiles({ accept: 'image/*,.senga,.psd,.tif,.tiff,.webp', multiple: true }));
}

document.getElementById('open').addEventListener('click', chooseFiles);
document.getElementById('open-first').addEventListener('click', chooseFiles);

const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
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
  openFiles([...event.dataTransfer.files]);
}, false);
// A drop on a panel's own place does not reach the window: the overlay goes away all the same.
window.addEventListener('drop', () => { depth = 0; over.hidden = true; }, true);

window.addEventListener('paste', (event) => {
  const files = [...event.clipboardData.files];
  if (!files.length) return;
  event.preventDefault();
  openFiles(files);
});
