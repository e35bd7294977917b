import { type LedgerStats } from '@gatehouse/contracts';

/**
 * Input of the silence alarm: when webhooks arrived, and the thresholds. Times are milliseconds since the epoch;
 * durations are milliseconds.
 */
export interface Heard {
  readonly nowMs: number;
  readonly thresholdMs: number;
  /** Time of the last event that was not ignored. */
  readonly lastMs: number | null;
  /**
   * Longest time between two events that were not ignored, among the last 10 000 events; null if there are fewer than
   * two.
   */
  readonly longestGapMs: number | null;
  /** Time of the last rejected delivery. */
  readonly rejectedMs: number | null;
  /** Time of the last user event that was not ignored; without one, the time at which the ledger was created. */
  readonly userEventMs: number;
  /** Time of the last change at Clerk that user-sync saw before a webhook reported it; null if there was none. */
  readonly movedMs: number | null;
  /** Maximum delay of a webhook. */
  readonly graceMs: number;
}

const RECENT_REJECTION_MS = 60 * 60 * 1000;

/**
 * Decides whether the silence is an alarm. Events that were ignored do not count. The silence is an alarm in three
 * cases:
 * - No event was recorded for `thresholdMs`, and a delivery was rejected after the last event and less than an hour
 *   ago.
 * - user-sync saw a change at Clerk more than `graceMs` ago. No event about any user was recorded after this change, or
 *   in the `graceMs` before it.
 * - No event was recorded for `thresholdMs`, and this silence is longer than `longestGapMs`.
 */
export function judgeSilence(heard: Heard): LedgerStats['silence'] {
  const { nowMs, thresholdMs, lastMs, longestGapMs, rejectedMs, movedMs } = heard;
  const sinceMs = lastMs === null ? null : Math.max(0, nowMs - lastMs);
  const movedAt = movedMs === null ? null : new Date(movedMs).toISOString();
  const known = { sinceMs, thresholdMs, longestBeforeMs: longestGapMs, movedAt };
  const rejectedSince = rejectedMs !== null && rejectedMs > (lastMs ?? 0) && nowMs - rejectedMs < RECENT_REJECTION_MS;
  if (rejectedSince && (sinceMs === null || sinceMs >= thresholdMs)) {
    return {
      state: 'alarm',
      reason: 'deliveries were rejected and none was recorded since: check the signing secret',
      ...known,
    };
  }
  if (hasUnreportedChange(heard)) {
    return { state: 'alarm', reason: 'Clerk changed users and no webhook reported it', ...known };
  }
  if (sinceMs === null) return { state: 'unknown', reason: 'no webhook has arrived yet', ...known };
  if (sinceMs < thresholdMs) return { state: 'heard', reason: 'a webhook arrived within the threshold', ...known };
  if (longestGapMs !== null && sinceMs > longestGapMs) {
    return { state: 'alarm', reason: 'no webhook for longer than between any two recent ones', ...known };
  }
  return { state: 'quiet', reason: 'no webhook for a while, but earlier gaps were longer', ...known };
}

/**
 * Whether user-sync saw a change at Clerk that no webhook reported. `graceMs` allows for a late webhook, and for the
 * difference of two clocks: `movedMs` is Clerk's time, the other times are the database's.
 */
function hasUnreportedChange({ nowMs, movedMs, userEventMs, graceMs }: Heard): boolean {
  return movedMs !== null && movedMs > userEventMs + graceMs && nowMs > movedMs + graceMs;
}
