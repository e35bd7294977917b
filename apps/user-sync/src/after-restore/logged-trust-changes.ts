import { open } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { type TrustChange, trustChangeSchema } from '@gatehouse/contracts';
import { TRUST_CHANGE_MESSAGE } from '../trust-changes/trust-change-log';

/** Time between the beginning of a transaction, which is the time of its trust changes, and its end; at most. */
const LONGEST_TRANSACTION_MS = 60_000;

/** Lines of a log file, or of standard input if `path` is `-`. A log may be larger than the memory. */
export async function* logLines(path: string): AsyncGenerator<string> {
  yield* path === '-' ? createInterface({ input: process.stdin }) : (await open(path)).readLines();
}

/**
 * Reads the trust changes from user-sync's log, oldest first, each once. Every replica logs each trust change. Other
 * lines are ignored, and so is what a container runtime writes before the JSON. Ignores what was logged before `since`
 * (milliseconds since the epoch), and changes that are much older: a replica that starts logs recent changes again. The
 * time of a trust change is not enough to tell: its transaction may have begun before `since` and ended after it.
 */
export async function readTrustChanges(lines: AsyncIterable<string>, since: number): Promise<TrustChange[]> {
  const found = new Map<string, TrustChange>();
  for await (const line of lines) {
    if (!line.includes(`"${TRUST_CHANGE_MESSAGE}"`)) continue;
    const { change, loggedAt } = parse(line.slice(line.indexOf('{')));
    if (change === undefined || Math.max(change.at, loggedAt) < since) continue;
    if (change.at < since - LONGEST_TRANSACTION_MS) continue;
    found.set(`${change.number} ${change.at}`, change);
  }
  return [...found.values()].sort((a, b) => a.at - b.at || a.number - b.number);
}

interface LogLine {
  readonly change?: TrustChange | undefined;
  readonly loggedAt: number;
}

function parse(text: string): LogLine {
  try {
    const line = JSON.parse(text) as { message?: unknown; change?: unknown; time?: unknown };
    if (line.message !== TRUST_CHANGE_MESSAGE) return { loggedAt: 0 };
    return { change: trustChangeSchema.safeParse(line.change).data, loggedAt: Date.parse(String(line.time)) || 0 };
  } catch {
    return { loggedAt: 0 };
  }
}
