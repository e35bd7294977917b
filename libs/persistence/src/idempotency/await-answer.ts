import { setTimeout as sleep } from 'node:timers/promises';
import { IdempotencyRefusedError } from '../errors';

/** Longest wait. The gateway waits 5 s for a reply, and repeats some requests after 1 s; milliseconds. */
const PATIENCE_MS = 3_000;
/** Pauses between two attempts double from the shortest to the longest; milliseconds. */
const PAUSE_MS = { shortest: 25, longest: 400 };
/**
 * Most requests that wait, of a process and of one user. The others are refused at once, so that impatient clients cause
 * no load, and none of them keeps other users from waiting.
 */
const MAX_WAITING = { ofAll: 50, ofOne: 10 };

/** By user: its requests that wait. */
const waiting = new Map<string, number>();
let waitingOfAll = 0;

/**
 * Runs a transaction with `answerOnce`, and repeats it while the first request with its idempotency key is in progress,
 * for up to 3 s. So a repetition gets the stored answer of a request that is about to end, instead of
 * `idempotency_in_progress`. Between two attempts it holds no connection.
 *
 * @param userId the user whose data the request changes
 * @throws IdempotencyRefusedError `idempotency_in_progress` after 3 s, and at once while 10 others of the user or 50 of
 * all users wait
 */
export async function awaitAnswer<Result>(userId: string, run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    if (!isInProgress(error) || !mayWait(userId)) throw error;
  }
  count(userId, 1);
  try {
    return await repeat(run, performance.now() + PATIENCE_MS);
  } finally {
    count(userId, -1);
  }
}

function mayWait(userId: string): boolean {
  return waitingOfAll < MAX_WAITING.ofAll && (waiting.get(userId) ?? 0) < MAX_WAITING.ofOne;
}

function count(userId: string, change: 1 | -1): void {
  waitingOfAll += change;
  const ofUser = (waiting.get(userId) ?? 0) + change;
  if (ofUser === 0) waiting.delete(userId);
  else waiting.set(userId, ofUser);
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
