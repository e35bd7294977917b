import { ConditionNotMetError } from '../errors';

/**
 * How long a test waits for an answer or a condition: longer than a busy machine stands still; milliseconds. A request
 * that `eventually` repeats has a shorter limit.
 */
export const PATIENCE_MS = 60_000;

/** Time limit and interval of the attempts, in milliseconds. */
export interface EventuallyOptions {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Calls `attempt` until it returns something other than `false` or `null`, and returns that. An attempt that throws is
 * repeated. The limit is `PATIENCE_MS` by default.
 * @throws the last error of `attempt`, or ConditionNotMetError, at the limit
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = PATIENCE_MS, intervalMs = 20 } = options;
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
