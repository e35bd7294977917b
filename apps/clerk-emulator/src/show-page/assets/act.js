/* global document */
import { ApiError } from './api.js';
import { announce, focusOn } from './dom.js';
import { changed, state } from './state.js';

/** The last thing that was begun under each key. */
const tails = new Map();

/**
 * Does something that may be refused. While it lasts its key is busy; a refusal is kept under the key, to be shown where
 * it belongs. What is begun meanwhile under the same key waits for its turn.
 *
 * @param options.once does nothing instead while the key is busy, as for a form that is sent twice
 * @param options.say what to announce afterwards
 * @param options.fallback where the focus goes when what had it is gone
 * @returns true when it succeeded
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
