/* global EventSource, setInterval, document */
import { loadVisible } from './load.js';
import { changed, state } from './state.js';

/** Not every change is told: faults and pauses by others are noticed this often, in ms. */
const POLL_MS = 5_000;
/** At most so often is the page loaded anew in a burst of changes, in ms. */
const GATHER_MS = 300;

/** Keeps the page up to date while it is open. */
export function followChanges() {
  let waiting = false;
  const soon = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      void loadVisible();
    }, GATHER_MS);
  };
  const stream = new EventSource('/emulator/stream');
  const connected = (yes) => {
    if (state.connected === yes) return;
    state.connected = yes;
    changed();
  };
  // The browser reconnects by itself.
  stream.onopen = () => connected(true);
  stream.onerror = () => connected(false);
  stream.addEventListener('change', soon);
  setInterval(() => {
    if (!document.hidden) void loadVisible();
  }, POLL_MS);
}
