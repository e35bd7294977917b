import { RequestRefusedError } from '@gatehouse/messaging';
import { LRUCache } from 'lru-cache';
import { type ChangeFeed } from './change-feed';

/** An answer that says as of which change it was read. */
export interface AsOfChange {
  readonly change: number;
}

interface Remembered<Value> {
  readonly value: Value;
  readonly marks: readonly string[];
}

/** How an answer was come by. */
export type LookupResult = 'cached' | 'joined' | 'asked';

const MAX_CACHED = 20_000;
/** More are not asked for at once: a slow user-sync must not fill the memory. */
const MAX_IN_FLIGHT = 1_000;

/**
 * Answers of user-sync, remembered for as long as the {@link ChangeFeed} vouches for them; a crowd that needs the same
 * one asks once.
 */
export class TrustedLookup<Value extends AsOfChange> {
  private readonly known: LRUCache<string, Remembered<Value>>;
  private readonly asking = new Map<string, { readonly since: number; readonly answer: Promise<Value> }>();

  constructor(
    private readonly feed: ChangeFeed,
    /** What the answer is about, in the words of `markOf`; undefined for one that is not to be remembered. */
    private readonly marksOf: (value: Value) => readonly string[] | undefined,
    private readonly onResult: (result: LookupResult) => void = () => undefined,
    max: number = MAX_CACHED,
  ) {
    this.known = new LRUCache({ max });
    feed.onForget(() => this.known.clear());
  }

  /** What is remembered and still holds. */
  peek(key: string): Value | undefined {
    const known = this.known.get(key);
    return known !== undefined && this.feed.isFresh(known.value.change, known.marks) ? known.value : undefined;
  }

  /** The remembered answer, else the one that is asked for. Throws RequestRefusedError when too many are. */
  find(key: string, ask: () => Promise<Value>): Promise<Value> | Value {
    const known = this.peek(key);
    if (known !== undefined) {
      this.onResult('cached');
      return known;
    }
    const since = this.feed.current;
    const running = this.asking.get(key);
    // A question asked before the last change may bring an answer from before it: good for who asked then, not now.
    if (running !== undefined && running.since >= since) {
      this.onResult('joined');
      return running.answer;
    }
    this.onResult('asked');
    if (this.asking.size >= MAX_IN_FLIGHT) throw new RequestRefusedError('unavailable', 'too many callers at once');
    const answer = ask()
      .then((value) => this.remember(key, value))
      .finally(() => {
        if (this.asking.get(key)?.answer === answer) this.asking.delete(key);
      });
    this.asking.set(key, { since, answer });
    return answer;
  }

  get size(): number {
    return this.known.size;
  }

  private remember(key: string, value: Value): Value {
    const marks = this.marksOf(value);
    if (marks !== undefined && this.feed.mayRemember(value.change)) this.known.set(key, { value, marks });
    return value;
  }
}
