import { ConditionNotMetError } from '../errors';

/** How long to try, and how often, in milliseconds. */
export interface EventuallyOptions {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Calls `attempt` until it neither throws nor gives `false` or `null`, and returns what it gave; a function that only
 * asserts gives `undefined` and is done when it does not throw.
 * @throws the last error, or ConditionNotMetError, when the time (20 s by default: machines that build and test are busy) has run out
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 20_000, intervalMs = 20 } = options;
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let failure: unknown;
    try {
      const result = await attempt();
      if (result !== false && result !== null) return result;
      failure = new ConditionNotMetError(`The condition did not come true within ${timeoutMs} ms.`);
    } catch (error) {
      failure = error;
    }
    if (Date.now() >= deadline) throw failure;
    await new Promise((resolve) => setTimeout(resolve, intervalMs));
  }
}
