/* global location, window, history, HashChangeEvent, URLSearchParams */
/** Current route: `#/users/user_1` or `#/deliveries?status=failed`. */
export function currentRoute() {
  const [path, query = ''] = location.hash.replace(/^#\/?/, '').split('?', 2);
  const [section = '', id = ''] = path.split('/').map(decode);
  return { section: section || 'users', id: id || null, query: Object.fromEntries(new URLSearchParams(query)) };
}

/** The link to a route. */
export function hrefTo(section, id = null, query = {}) {
  const filled = new URLSearchParams(Object.entries(query).filter(([, value]) => value));
  return `#/${section}${id === null ? '' : `/${encodeURIComponent(id)}`}${filled.size === 0 ? '' : `?${filled}`}`;
}

/** Opens a route and adds it to the history. */
export function go(href) {
  location.hash = href;
}

/** Replaces the current route without adding to the history. */
export function replaceRoute(href) {
  history.replaceState(null, '', href);
  window.dispatchEvent(new HashChangeEvent('hashchange'));
}

function decode(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
