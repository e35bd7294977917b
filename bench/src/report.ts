import { cpus, totalmem } from 'node:os';

/** One figure beside what it should be; it is told, not judged. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

/** What a benchmark found. */
export interface Report {
  readonly name: string;
  readonly machine: string;
  readonly rows: readonly Record<string, string | number>[];
  readonly goals: readonly Goal[];
}

/** The machine, as figures have to be read with. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}`;
}

/** At most `limit`. Throws RangeError for what is no figure. */
export function atMost(name: string, value: number, limit: number): Goal {
  refuseNothing(name, value);
  return { name, value: round(value), goal: `≤ ${limit}`, met: value <= limit };
}

/** At least `limit`. Throws RangeError for what is no figure. */
export function atLeast(name: string, value: number, limit: number): Goal {
  refuseNothing(name, value);
  return { name, value: round(value), goal: `≥ ${limit}`, met: value >= limit };
}

/** A ratio of nothing, or to nothing, would read as a goal that is met or missed. */
function refuseNothing(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`nothing was measured for: ${name}`);
}

/** To two places. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The middle value, or the mean of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
