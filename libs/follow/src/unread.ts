/** Sequences of a stream that a reader has claimed. Both bounds are included; the reader moves `from`. */
export interface Range {
  from: number;
  to: number;
  claimed: boolean;
}

/** Above this number, neighbouring ranges become one: to read a message twice is harmless. */
const MAX_RANGES = 1_000;
/** A range that is not larger is not divided. */
const SMALLEST_SPLIT = 16;

/**
 * Which sequences of a stream the follower has still to read. Every sequence up to `head` was either received or is in
 * one of the ranges.
 */
export class Unread {
  private ranges: Range[] = [];
  private newest: number;
  /** When the follower fell behind, by `performance.now()`; undefined when nothing is unread. */
  since: number | undefined;

  /** Everything up to `head` is unread. */
  constructor(head: number) {
    this.newest = 0;
    this.extendTo(head);
  }

  /** The newest sequence that is known to exist. */
  get head(): number {
    return this.newest;
  }

  get isEmpty(): boolean {
    return this.ranges.length === 0;
  }

  /** Number of unread sequences. Fewer messages may be left of them. */
  get count(): number {
    return this.ranges.reduce((sum, { from, to }) => sum + Math.max(0, to - from + 1), 0);
  }

  /** The stream ends at `sequence`: what lies after `head` is unread. */
  extendTo(sequence: number): void {
    if (sequence <= this.newest) return;
    this.add(this.newest + 1, sequence);
    this.newest = sequence;
  }

  /** A message of the feed arrived. Unless it was `taken`, it is to be read again. */
  receive(sequence: number, taken: boolean): void {
    if (sequence > this.newest) {
      this.extendTo(sequence - 1);
      this.newest = sequence;
    }
    if (!taken) this.add(sequence, sequence);
  }

  /** Claims a range for one reader: one that nobody reads, or half of the largest one. */
  claim(): Range | undefined {
    const free = this.ranges.find(({ claimed }) => !claimed);
    if (free !== undefined) {
      free.claimed = true;
      return free;
    }
    const largest = this.ranges.reduce<Range | undefined>(
      (one, other) => (one === undefined || other.to - other.from > one.to - one.from ? other : one),
      undefined,
    );
    if (largest === undefined || largest.to - largest.from < SMALLEST_SPLIT) return undefined;
    const middle = Math.floor((largest.from + largest.to) / 2);
    const half: Range = { from: middle + 1, to: largest.to, claimed: true };
    largest.to = middle;
    this.ranges.push(half);
    return half;
  }

  /** The range was read to its end. */
  finish(range: Range): void {
    this.ranges = this.ranges.filter((one) => one !== range);
    if (this.isEmpty) this.since = undefined;
  }

  /** No reader is at work. */
  releaseAll(): void {
    for (const range of this.ranges) range.claimed = false;
  }

  private add(from: number, to: number): void {
    this.since ??= performance.now();
    const last = this.ranges.at(-1);
    if (last !== undefined && !last.claimed && from >= last.from && from <= last.to + 1) {
      last.to = Math.max(last.to, to);
      return;
    }
    this.ranges.push({ from, to, claimed: false });
    if (this.ranges.length > MAX_RANGES) this.join();
  }

  /** Makes one range of all that nobody reads. */
  private join(): void {
    const free = this.ranges.filter(({ claimed }) => !claimed);
    const from = Math.min(...free.map((range) => range.from));
    const to = Math.max(...free.map((range) => range.to));
    this.ranges = [...this.ranges.filter(({ claimed }) => claimed), { from, to, claimed: false }];
  }
}
