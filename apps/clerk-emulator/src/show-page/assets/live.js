/* global EventSource, setInterval, document */
import { loadVisible } from './load.js';
import { changed, state } from './state.js';

/** Interval of regular reloads, in ms. The emulator does not notify the page of changed faults and pauses. */
const POLL_MS = 5_000;
/** Delay between a change and its reload, in ms. Further changes within this time cause no other reload. */
const GATHER_MS = 300;

/** Reloads the page's data after changes. */
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
  // The browser reconnects automatically.
  stream.onopen = () => connected(true);
  stream.onerror = () => connected(false);
  stream.addEventListener('change', soon);
  setInterval(() => {
    if (!document.hidden) void loadVisible();
  }, POLL_MS);
}
