import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotencyRefusedError } from '../errors';

/** Longest wait. The gateway waits 5 s for a reply, and repeats some requests after 1 s; milliseconds. */
const PATIENCE_MS = 3_000;
/** Pauses between two attempts double from the shortest to the longest; milliseconds. */
const PAUSE_MS = { shortest: 25, longest: 400 };
/** Most requests of a process that wait. The others are refused at once, so that impatient clients cause no load. */
const MAX_WAITING = 50;

let waiting = 0;

/**
 * Runs a transaction with `answerOnce`, and repeats it while the first request with its idempotency key is in progress,
 * for up to 3 s. So a repetition gets the stored answer of a request that is about to end, instead of
 * `idempotency_in_progress`. Between two attempts it holds no connection.
 *
 * @throws IdempotencyRefusedError `idempotency_in_progress` after 3 s, and at once while 50 others wait
 */
export async function awaitAnswer<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!isInProgress(error) || waiting >= MAX_WAITING) throw error;
  }
  waiting += 1;
  try {
    return await repeat(run, performance.now() + PATIENCE_MS);
  } finally {
    waiting -= 1;
  }
}

async function repeat<Result>(run: () => Promise<Result>, deadline: number): Promise<Result> {
  for (let pauseMs = PAUSE_MS.shortest; ; pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest)) {
    await sleep(pauseMs);
    try {
      return await run();
    } catch (error) {
      if (!isInProgress(error) || performance.now() >= deadline) throw error;
    }
  }
}

function isInProgress(error: unknown): boolean {
  return error instanceof IdempotencyRefusedError && error.reason === 'idempotency_in_progress';
}
