/* global queueMicrotask */
/** Everything the page knows. Views read it, actions write it and then `changed()`. */
export const state = {
  route: { section: 'users', id: null, query: {} },
  connected: false,
  health: null,
  users: { query: '', limit: 50, data: null, total: 0, error: null },
  user: null,
  token: null,
  deliveries: { data: null, error: null, query: '' },
  delivery: null,
  faults: { kinds: null, rules: [], seed: '', error: null },
  endpoints: { data: null, error: null },
  /** Keys of actions in hand. */
  busy: new Set(),
  /** What went wrong, by the key of the action. */
  problems: new Map(),
};

let listener = () => undefined;
let scheduled = false;

export function onChanged(render) {
  listener = render;
}

/** Renders once, soon, however often it is called. */
export function changed() {
  if (scheduled) return;
  scheduled = true;
  queueMicrotask(() => {
    scheduled = false;
    listener();
  });
}
