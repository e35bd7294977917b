import { type LedgerStats } from '@gatehouse/contracts';

/** What is known about when webhooks came; milliseconds since the epoch. */
export interface Heard {
  readonly nowMs: number;
  readonly thresholdMs: number;
  /** The last delivery that verified. */
  readonly lastMs: number | null;
  /** The longest time between two events in view. */
  readonly longestGapMs: number | null;
  /** The last delivery that did not verify. */
  readonly rejectedMs: number | null;
}

const MAX_REFUSALS_AGO_MS = 60 * 60 * 1000;

/**
 * Whether no news is bad news. The ingest does not see Clerk move: it can tell that deliveries come and none verifies,
 * and that it is quiet for longer than it ever was. (What `user-sync` finds changed at Clerk without an event is its own
 * metric, drift.)
 */
export function judgeSilence({ nowMs, thresholdMs, lastMs, longestGapMs, rejectedMs }: Heard): LedgerStats['silence'] {
  const sinceMs = lastMs === null ? null : Math.max(0, nowMs - lastMs);
  const known = { sinceMs, thresholdMs, longestBeforeMs: longestGapMs };
  const refusedSince = rejectedMs !== null && rejectedMs > (lastMs ?? 0) && nowMs - rejectedMs < MAX_REFUSALS_AGO_MS;
  if (refusedSince && (sinceMs === null || sinceMs >= thresholdMs)) {
    return { state: 'alarm', reason: 'deliveries come and none verifies: is the signing secret right?', ...known };
  }
  if (sinceMs === null) return { state: 'unknown', reason: 'no webhook has come yet', ...known };
  if (sinceMs < thresholdMs) return { state: 'heard', reason: 'a webhook came within the threshold', ...known };
  if (longestGapMs !== null && sinceMs > longestGapMs) {
    return { state: 'alarm', reason: 'no webhook for longer than ever between two in view', ...known };
  }
  return { state: 'quiet', reason: 'no webhook for a while, as it has been before', ...known };
}
