// The page's own icons: strokes on a field of 24 by 24.

import { elements } from './elements.js';

/** @type {Record<string, string>} */
const PATHS = {
  plus: 'M12 5v14M5 12h14',
  minus: 'M5 12h14',
  undo: 'M8 5 4 9l4 4M4 9h10a6 6 0 0 1 0 12h-4',
  redo: 'm16 5 4 4-4 4M20 9H10a6 6 0 0 0 0 12h4',
  save: 'M12 4v11m-4.5-4.5L12 15l4.5-4.5M5 19h14',
  menu: 'M5 7h14M5 12h14M5 17h14',
  close: 'm6 6 12 12M18 6 6 18',
  brush: 'M20 4c-4 2-8 6-10 9l2 2c3-2 7-6 8-11zM9.5 13.5C7 13 5.5 15 5.5 17c0 1.5-1 2.5-2.5 3 4 1 8-.5 8.5-4',
  dot: 'M12 8.5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7zM12 3v2M12 19v2M3 12h2M19 12h2',
  line: 'M6.5 17.5l11-11M5 17a2 2 0 1 1 0 4 2 2 0 0 1 0-4zM19 3a2 2 0 1 1 0 4 2 2 0 0 1 0-4z',
  fill: 'm11 4 8 8-7 7a2 2 0 0 1-3 0l-5-5a2 2 0 0 1 0-3zM8 3l3.5 3.5M4.5 12.5H18M21 16c1 1.7 1.5 2.5 1.5 3.3a1.5 1.5 0 0 1-3 0c0-.8.5-1.6 1.5-3.3z',
  erase: 'm9 19-5-5a1.5 1.5 0 0 1 0-2l8-8a1.5 1.5 0 0 1 2 0l6 6a1.5 1.5 0 0 1 0 2l-7 7zM8 8l8 8M9 19.5h11',
  pick: 'm13 7 4 4M15 9l-8.5 8.5L4 20l.5-3L13 8.5M14.5 7.5l2.5-3a2 2 0 0 1 3 3l-3 2.5',
  hand: 'M8 12V6.5a1.5 1.5 0 0 1 3 0V11m0-6a1.5 1.5 0 0 1 3 0v6m0-4.5a1.5 1.5 0 0 1 3 0V12m0-2.5a1.5 1.5 0 0 1 3 0V15c0 3.5-2.5 6-6 6-3 0-4.5-1.5-6-4l-2.7-4.3c-.8-1.4 1.2-2.4 2.2-1.2L8 13',
  select: 'M6 3.5 18 12l-5.5 1.2L15.500 19.500l-2.700 1.200-3-6.200L6 18z',
  recolor: 'M5 4h6v6H5zM13 14h6v6h-6zM14 5.500h1.500A3.500 3.500 0 0 1 19 9v2m-2-2 2 2 2-2M10 18.500H8.500A3.500 3.500 0 0 1 5 15v-2m-2 2 2-2 2 2',
  lock: 'M6 11h12v9H6zM8.500 11V8a3.500 3.500 0 0 1 7 0v3M12 14.500v2',
  lasso: 'M8.500 15.500C5.500 14.500 4 12.800 4 10.500 4 7 7.600 4.500 12 4.500s8 2.500 8 6-3.600 6-8 6c-1 0-1.700 0-2.500-.2M7 17a2 2 0 1 1 3-1.500c0 2-1.500 3.500-3.500 4.500',
  lines: 'M4 19c2-8 5-13 8-13s1 6-1 8.5 0 4 2 2.5 4-4 7-9',
  colors: 'M12 4a8 8 0 1 0 0 16c1.8 0 2-1.3 1.3-2.3-.8-1.2 0-2.7 1.7-2.7h2.5A2.5 2.5 0 0 0 20 12.5C20 7.8 16.4 4 12 4zM8 11h.01M11 8h.01M15 8.5h.01',
  hints: 'M5 15c2-4 4-5 6-3s4 1 8-4M6 20h.01M12 19.5h.01M18 17h.01',
  split: 'M12 4v16M8.5 8.5 5 12l3.5 3.5M15.5 8.5 19 12l-3.5 3.5',
  compare: 'M12 3v18M5 6h14v12H5zM8 10v4',
  mirror: 'M12 3v18M9 7 4 17h5zM15 7l5 10h-5z',
  left: 'M5 5v5h5M5.5 10A8 8 0 1 1 4 14',
  right: 'M19 5v5h-5M18.5 10A8 8 0 1 0 20 14',
  fit: 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5',
  aside: 'M9 6l6 6-6 6',
  more: 'M4 7h9M17 7h3M4 17h3M11 17h9M13 7a2 2 0 1 0 4 0 2 2 0 0 0-4 0zM7 17a2 2 0 1 0 4 0 2 2 0 0 0-4 0z',
  drawing: 'M6 3h8l4 4v14H6zM14 3v4h4M9 16c1.5-4 3-4.5 3.5-3s1 2 2.5-1',
  swap: 'M7 7h11l-3-3M17 17H6l3 3',
  trash: 'M5 7h14M10 4h4M7 7l1 13h8l1-13',
  file: 'M6 3h8l4 4v14H6zM14 3v4h4',
  picture: 'M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01',
  ideas: 'M4 4h7v7H4zM13 4h7v7h-7zM4 13h7v7H4zM13 13h7v7h-7z',
  pencil: 'm5 19 1-4L16 5a2 2 0 0 1 3 3L9 18zM14 7l3 3',
  clear: 'M5 5h14v14H5zM9 9l6 6M15 9l-6 6',
  person: 'M12 4a4 4 0 1 1 0 8 4 4 0 0 1 0-8zM5 20c.5-4 3-6 7-6s6.500 2 7 6',
  star: 'm12 4 2.5 5.2 5.6.7-4.1 3.9 1.1 5.6L12 16.6l-5.1 2.8L8 13.8 3.9 9.9l5.6-.7z',
  back: 'm14.5 5-7 7 7 7',
  forth: 'm9.5 5 7 7-7 7',
  help: 'M9 9a3 3 0 1 1 4.5 2.6c-1 .6-1.5 1.2-1.5 2.4M12 18h.01',
};

/**
 * An svg element, unseen by screen readers: the button around it has the words.
 * @param {string} name
 */
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', width: 22, height: 22, 'aria-hidden': 'true', class: 'glyph' })) {
    svg.setAttribute(key, String(value));
  }
  const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
  path.setAttribute('d', PATHS[name]);
  svg.append(path);
  return svg;
}

/** Puts icons where the page asks for them. */
export function placeIcons() {
  for (const place of elements(document, '[data-icon]')) place.prepend(icon(place.dataset.icon ?? ''));
}
