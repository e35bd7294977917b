import { eventually } from '@gatehouse/testing';

const SENDERS = 8;

/** Sends every part of a load, with eight senders. Each pauses for `gapMs` between two parts. */
export async function sendAll<Part>(
  parts: readonly Part[],
  gapMs: () => number,
  send: (part: Part) => Promise<void>,
): Promise<void> {
  const queue = [...parts];
  const sender = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      await send(next);
      await pause(gapMs);
    }
  };
  await Promise.all(Array.from({ length: SENDERS }, sender));
}

/** Ends early when the pause becomes 0. */
async function pause(gapMs: () => number): Promise<void> {
  const until = performance.now() + gapMs();
  await eventually(() => gapMs() === 0 || performance.now() >= until, { timeoutMs: 60_000 });
}
