/** Result of a load; times in ms. A request with another status than 200 is a failure. */
export interface LoadResult {
  readonly ok: number;
  readonly failed: number;
  readonly seconds: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

/** Summarises the times of the answered requests, in ms, and the number of failures. */
export function loadResult(timesMs: readonly number[], failed: number, seconds: number): LoadResult {
  const sorted = [...timesMs].sort((a, b) => a - b);
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return { ok: sorted.length, failed, seconds, perSecond: sorted.length / seconds, p50Ms: at(0.5), p99Ms: at(0.99) };
}
