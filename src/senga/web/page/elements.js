// The page's own elements, found by what they are.

/**
 * The element of an id that the page has from the start, of one kind.
 * @template {HTMLElement} Kind
 * @param {string} id
 * @param {new () => Kind} kind
 */
export function element(id, kind) {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`the page has no ${kind.name} #${id}`);
  return found;
}

/**
 * The elements below a place that a selector finds.
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {Iterable<HTMLElement>}
 */
export function elements(root, selector) {
  return root.querySelectorAll(selector);
}

/**
 * Whether an event began on an element that a selector finds, or in one.
 * @param {Event} event
 * @param {string} selector
 */
export function within(event, selector) {
  return event.target instanceof Element && event.target.closest(selector) !== null;
}

/**
 * The elements that lie directly in a place.
 * @param {Element} place
 * @returns {HTMLElement[]}
 */
export function childrenOf(place) {
  return [...elements(place, ':scope > *')];
}
