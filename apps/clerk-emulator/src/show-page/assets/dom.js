/* global document, Node, Element */
const HANDLERS = ['onclick', 'onsubmit', 'oninput', 'onchange', 'ontoggle'];

/**
 * Creates an element. Children are inserted as text, never parsed as HTML. Attributes that begin with `on` are handlers.
 * Attributes and children that are null, undefined or false are omitted.
 */
export function h(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element[name] = value;
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  element.append(...children.flat(3).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/**
 * Changes the children of `target` to `children` with as few changes as possible, which keeps focus and scroll position.
 * Matches elements by `data-key`, others by position. An edited field keeps its text; only its default value changes.
 */
export function morph(target, ...children) {
  const fresh = document.createElement('div');
  fresh.append(...children.flat(3).filter(Boolean));
  morphChildren(target, fresh);
}

function morphChildren(target, source) {
  const wanted = new Set(Array.from(source.children, keyOf).filter(Boolean));
  const known = new Map();
  for (const child of [...target.children]) {
    const key = keyOf(child);
    if (!key) continue;
    if (wanted.has(key)) known.set(key, child);
    else child.remove();
  }
  let cursor = target.firstChild;
  for (const next of [...source.childNodes]) {
    const key = keyOf(next);
    const candidate = key ? known.get(key) : keyOf(cursor) ? undefined : cursor;
    if (!candidate || !isSameKind(candidate, next)) {
      target.insertBefore(next, cursor);
      continue;
    }
    if (candidate === cursor) cursor = cursor.nextSibling;
    else target.insertBefore(candidate, cursor);
    morphNode(candidate, next);
  }
  while (cursor) {
    const following = cursor.nextSibling;
    cursor.remove();
    cursor = following;
  }
}

function morphNode(target, source) {
  if (target.nodeType === Node.TEXT_NODE) {
    if (target.data !== source.data) target.data = source.data;
    return;
  }
  for (const { name } of [...target.attributes]) {
    if (!source.hasAttribute(name) && !(name === 'open' && target.localName === 'details'))
      target.removeAttribute(name);
  }
  for (const { name, value } of source.attributes) {
    if (target.getAttribute(name) !== value) target.setAttribute(name, value);
  }
  for (const handler of HANDLERS) if (target[handler] !== source[handler]) target[handler] = source[handler];
  morphChildren(target, source);
}

function keyOf(node) {
  return node instanceof Element ? node.dataset.key : undefined;
}

function isSameKind(a, b) {
  return a.nodeType === b.nodeType && a.nodeName === b.nodeName;
}

/** Announces a text to screen readers. */
export function announce(text) {
  const announcer = document.getElementById('announcer');
  // Screen readers do not read an unchanged text again; the space makes it a new text.
  announcer.textContent = announcer.textContent === text ? `${text} ` : text;
}

/**
 * Moves the focus to an element, such as a heading, which the Tab key does not reach.
 * @returns false when the page has no such element
 */
export function focusOn(selector) {
  const element = document.querySelector(selector);
  element?.focus({ preventScroll: false });
  return element !== null;
}
