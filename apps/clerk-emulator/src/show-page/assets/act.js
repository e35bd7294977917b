/* global document */
import { ApiError } from './api.js';
import { announce, focusOn } from './dom.js';
import { changed, state } from './state.js';

/**
 * Does something that may be refused. While it lasts its key is busy, and a second start does nothing; a refusal is kept
 * under the key, to be shown where it belongs.
 *
 * @param options.say what to announce afterwards
 * @param options.fallback where the focus goes when what had it is gone
 * @returns true when it succeeded
 */
export async function act(key, work, { say, fallback } = {}) {
  if (state.busy.has(key)) return false;
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
