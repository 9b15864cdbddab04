// Whether the person works by keys or by a pointer: what has the focus gets its frame for keys alone.

const root = document.documentElement;

/** Keys that go from one thing to another, or move it; letters of short cuts do not. */
const KEYS = new Set(['Tab', 'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Home', 'End', 'PageUp', 'PageDown', 'Enter', 'Delete', 'F6']);

root.dataset.by = 'pointer';
window.addEventListener('pointerdown', () => { root.dataset.by = 'pointer'; }, true);
window.addEventListener('keydown', (event) => { if (KEYS.has(event.key)) root.dataset.by = 'keys'; }, true);
