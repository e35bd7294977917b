/* global document */
import { ApiError } from './api.js';
import { announce, focusOn } from './dom.js';
import { changed, state } from './state.js';

/** By key: the latest action. */
const tails = new Map();

/**
 * Runs the action `work`, which can fail. While it runs, `key` is in `state.busy`; after a failure, its error is in
 * `state.problems` under `key`. Actions with the same key run one after the other.
 *
 * @param options.once skips the action while its key is busy, for example when a form is submitted twice
 * @param options.say text that is announced after a success
 * @param options.fallback selector of the element that gets the focus when the focused one was removed
 * @returns true when the action succeeded
 */
export function act(key, work, options = {}) {
  if (options.once && state.busy.has(key)) return Promise.resolve(false);
  state.busy.add(key);
  const turn = (tails.get(key) ?? Promise.resolve()).then(() => take(key, work, options));
  tails.set(key, turn);
  return turn;
}

async function take(key, work, { say, fallback }) {
  state.busy.add(key);
  state.problems.delete(key);
  changed();
  try {
    await work();
    if (say) announce(say);
    return true;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    state.problems.set(key, error);
    return false;
  } finally {
    state.busy.delete(key);
    changed();
    if (fallback) {
      await Promise.resolve();
      if (document.activeElement === null || document.activeElement === document.body) focusOn(fallback);
    }
  }
}
