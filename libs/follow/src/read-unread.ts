import { type StoredMessage } from './stream-reader';
import { type Range, type Unread } from './unread';

/** What reading needs. */
interface Reading {
  readonly unread: Unread;
  /** The first message of the stream at or after a sequence. */
  readonly next: (sequence: number) => Promise<StoredMessage | undefined>;
  /** Takes a message; waits while there is no room. */
  readonly take: (message: StoredMessage) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Number of calls to JetStream at the same time. One call returns one message. */
const READERS = 128;

/**
 * Reads until nothing is unread. Each of several readers has a range of its own, and takes half of the largest one when
 * its own is done. After an error, the ranges show what is still unread.
 */
export async function readUnread(reading: Reading): Promise<void> {
  const { unread, signal } = reading;
  while (!unread.isEmpty && !signal.aborted) {
    unread.releaseAll();
    const failing = { failed: false };
    const readers = Array.from({ length: READERS }, () => read(reading, failing));
    const failure = (await Promise.allSettled(readers)).find((result) => result.status === 'rejected');
    if (failure !== undefined) throw failure.reason;
  }
}

async function read(reading: Reading, failing: { failed: boolean }): Promise<void> {
  const { unread, signal } = reading;
  try {
    for (let range = unread.claim(); range !== undefined; range = unread.claim()) {
      while (range.from <= range.to) {
        if (failing.failed || signal.aborted) return;
        await step(reading, range);
      }
      unread.finish(range);
    }
  } catch (error) {
    failing.failed = true;
    throw error;
  }
}

/** Reads one message of a range, whose end another reader may have taken meanwhile. */
async function step({ next, take }: Reading, range: Range): Promise<void> {
  const message = await next(range.from);
  if (message === undefined || message.sequence > range.to) {
    range.from = range.to + 1;
    return;
  }
  await take(message);
  range.from = message.sequence + 1;
}
