/** A wait ended because its time was over. Internal: callers get a {@link GatehouseError} with `timed_out`. */
export const TIMED_OUT = Symbol('timed out');

/**
 * Runs work with a signal that aborts after `ms`, or when the caller's signal does. Leaves neither timer nor listener
 * behind. Rejects with {@link TIMED_OUT} or with the reason of the caller's signal, also if the work ignores its signal.
 */
export async function withDeadline<Result>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let fail: (reason: unknown) => void = () => undefined;
  const aborted = new Promise<never>((_, reject) => (fail = reject));
  const end = (reason: unknown): void => {
    fail(reason);
    controller.abort(reason);
  };
  const onAbort = (): void => end(signal?.reason);
  const timer = setTimeout(() => end(TIMED_OUT), ms);
  signal?.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([work(controller.signal), aborted]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', onAbort);
  }
}

/** Waits. Rejects with the reason of the signal when it aborts. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await withDeadline(ms, signal, () => new Promise<never>(() => undefined)).catch((reason: unknown) => {
    if (reason !== TIMED_OUT) throw reason;
  });
}
