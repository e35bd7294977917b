import { type LedgerStats } from '@gatehouse/contracts';

/** What is known about when webhooks came; milliseconds since the epoch. */
export interface Heard {
  readonly nowMs: number;
  readonly thresholdMs: number;
  /** The last event that was not ignored. */
  readonly lastMs: number | null;
  /** The longest time between two events in view. */
  readonly longestGapMs: number | null;
  /** The last delivery that was turned away. */
  readonly rejectedMs: number | null;
  /** The last event about a user that was not ignored; without one, when the ledger was made. */
  readonly userEventMs: number;
  /** When Clerk last changed a user without a webhook having told user-sync of it. */
  readonly movedMs: number | null;
  /** How late a webhook may be. */
  readonly graceMs: number;
}

const MAX_REFUSALS_AGO_MS = 60 * 60 * 1000;

/**
 * Whether no news is bad news. It is when Clerk has moved since the last webhook about a user, as user-sync saw, when
 * deliveries are turned away and none is recorded, and when it is quiet for longer than it ever was.
 */
export function judgeSilence(heard: Heard): LedgerStats['silence'] {
  const { nowMs, thresholdMs, lastMs, longestGapMs, rejectedMs, movedMs } = heard;
  const sinceMs = lastMs === null ? null : Math.max(0, nowMs - lastMs);
  const movedAt = movedMs === null ? null : new Date(movedMs).toISOString();
  const known = { sinceMs, thresholdMs, longestBeforeMs: longestGapMs, movedAt };
  const refusedSince = rejectedMs !== null && rejectedMs > (lastMs ?? 0) && nowMs - rejectedMs < MAX_REFUSALS_AGO_MS;
  if (refusedSince && (sinceMs === null || sinceMs >= thresholdMs)) {
    return {
      state: 'alarm',
      reason: 'deliveries were turned away and none was recorded since: is the signing secret right?',
      ...known,
    };
  }
  if (hasMovedUnheard(heard)) {
    return { state: 'alarm', reason: 'Clerk has changed users and no webhook has told of it', ...known };
  }
  if (sinceMs === null) return { state: 'unknown', reason: 'no webhook has come yet', ...known };
  if (sinceMs < thresholdMs) return { state: 'heard', reason: 'a webhook came within the threshold', ...known };
  if (longestGapMs !== null && sinceMs > longestGapMs) {
    return { state: 'alarm', reason: 'no webhook for longer than ever between two in view', ...known };
  }
  return { state: 'quiet', reason: 'no webhook for a while, as it has been before', ...known };
}

/** The grace covers a webhook that is late, and clocks that differ. */
function hasMovedUnheard({ nowMs, movedMs, userEventMs, graceMs }: Heard): boolean {
  return movedMs !== null && movedMs > userEventMs + graceMs && nowMs > movedMs + graceMs;
}
