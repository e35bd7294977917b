import { cpus, totalmem } from 'node:os';

/** A figure with its goal. A missed goal is reported and does not fail the benchmark. */
export interface Goal {
  readonly name: string;
  readonly value: number;
  readonly goal: string;
  readonly met: boolean;
}

/** Result of a benchmark. */
export interface Report {
  readonly name: string;
  readonly machine: string;
  readonly rows: readonly Record<string, string | number>[];
  readonly goals: readonly Goal[];
}

/** Shows results as soon as they are measured, on standard error: a run can take half an hour, and can fail later. */
export function show(rows: Report['rows']): void {
  for (const row of rows) process.stderr.write(`${JSON.stringify(row)}\n`);
}

/** Description of the machine. */
export function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 1024 ** 3);
  return `${cpus().length} × ${cpu?.model.trim() ?? 'unknown'}, ${memory} GiB, Node ${process.versions.node}, ${process.platform}`;
}

/** A goal of at most `limit`. Throws RangeError when the value is not finite. */
export function atMost(name: string, value: number, limit: number): Goal {
  refuseNothing(name, value);
  return { name, value: round(value), goal: `≤ ${limit}`, met: value <= limit };
}

/** A goal of at least `limit`. Throws RangeError when the value is not finite. */
export function atLeast(name: string, value: number, limit: number): Goal {
  refuseNothing(name, value);
  return { name, value: round(value), goal: `≥ ${limit}`, met: value >= limit };
}

/** Rejects values that are not finite, which would look like a met or missed goal. */
function refuseNothing(name: string, value: number): void {
  if (!Number.isFinite(value)) throw new RangeError(`nothing was measured for: ${name}`);
}

/** Rounds to two decimal places. */
export function round(value: number): number {
  return Math.round(value * 100) / 100;
}

/** The median. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
}
