import { ConditionNotMetError } from '../errors';

/** Time limit and interval of the attempts, in milliseconds. */
export interface EventuallyOptions {
  timeoutMs?: number;
  intervalMs?: number;
}

/**
 * Calls `attempt` until it returns something other than `false` or `null`, and returns that. An attempt that throws is
 * repeated. The limit is 60 s by default, for busy machines.
 * @throws the last error of `attempt`, or ConditionNotMetError, at the limit
 */
export async function eventually<T>(attempt: () => T | Promise<T>, options: EventuallyOptions = {}): Promise<T> {
  const { timeoutMs = 60_000, intervalMs = 20 } = options;
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
