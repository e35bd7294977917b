/* global queueMicrotask */
/** State of the page. Views read it; actions change it and then call `changed()`. */
export const state = {
  route: { section: 'users', id: null, query: {} },
  connected: false,
  health: null,
  users: { query: '', limit: 50, data: null, total: 0, error: null },
  user: null,
  token: null,
  codes: { data: null, attempts: [], browsers: [], error: null },
  deliveries: { data: null, error: null, query: '' },
  delivery: null,
  faults: { kinds: null, rules: [], seed: '', error: null },
  endpoints: { data: null, error: null },
  /** Keys of running actions. */
  busy: new Set(),
  /** Errors, by the key of their action. */
  problems: new Map(),
};

let listener = () => undefined;
let scheduled = false;

export function onChanged(render) {
  listener = render;
}

/** Renders in the next microtask; several calls until then cause one render. */
export function changed() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    listener();
  });
}
