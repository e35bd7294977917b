import { type Counter } from 'prom-client';

/**
 * Counts by result. A counter of prom-client gets them when it is asked for its values: it would build a text from the
 * label of each single count.
 */
export class ResultCounts {
  private readonly counts = new Map<string, number>();

  inc({ result }: { readonly result: string }, by = 1): void {
    this.counts.set(result, (this.counts.get(result) ?? 0) + by);
  }

  /** Gives a counter these counts in place of its own. */
  writeTo(counter: Counter<'result'>): void {
    counter.reset();
    for (const [result, count] of this.counts) counter.inc({ result }, count);
  }
}
