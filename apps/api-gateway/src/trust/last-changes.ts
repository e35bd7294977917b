import { type TrustChange } from '@gatehouse/contracts';
import { LRUCache } from 'lru-cache';

/**
 * Returns the mark of a trust change: what the change concerns, such as `user:<id>`. A remembered answer has the marks
 * of everything that it depends on.
 */
function markOf(change: TrustChange): string {
  switch (change.kind) {
    case 'user':
      return `user:${change.userId}`;
    case 'api_key':
      return `api_key:${change.keyId}`;
    case 'clerk_session':
      return `clerk_session:${change.sessionId}`;
    case 'legacy_session':
      return `legacy_session:${change.sessionId}`;
  }
}

/**
 * Remembers the number of the last trust change for each mark. The number of marks is bounded: a further mark evicts
 * the mark whose last change is oldest. `floor` is the highest change number that was evicted.
 *
 * A mark that is not remembered has never changed, or was evicted. The last change of an evicted mark has a number of
 * at most `floor`. An answer of user-sync from before change `floor` may lack that change, so every such answer is
 * stale.
 */
export class LastChanges {
  private readonly numbers: LRUCache<string, number>;
  private floor = 0;

  constructor(maxMarks: number) {
    this.numbers = new LRUCache({
      max: maxMarks,
      dispose: (number, _, reason) => {
        if (reason === 'evict') this.floor = Math.max(this.floor, number);
      },
    });
  }

  /** Notes a change as the last one for its mark. */
  note(change: TrustChange): void {
    this.numbers.set(markOf(change), change.number);
  }

  /**
   * Whether an answer is still fresh. `asOf` is the number of the last trust change when user-sync read the data. The
   * answer is stale if a later trust change has one of its `marks`, or if `asOf` is below `floor`.
   */
  isFresh(asOf: number, marks: readonly string[]): boolean {
    return asOf >= this.floor && marks.every((mark) => (this.numbers.peek(mark) ?? 0) <= asOf);
  }

  /** Marks whose last change has a number above `number`, oldest change first. */
  after(number: number): string[] {
    const later = [...this.numbers.entries()].filter(([, last]) => last > number);
    return later.sort(([, a], [, b]) => a - b).map(([mark]) => mark);
  }

  /** Forgets all numbers. */
  clear(): void {
    this.numbers.clear();
    this.floor = 0;
  }

  /** Declares every answer older than change `number` stale. */
  raiseFloor(number: number): void {
    this.floor = number;
  }
}
