import { RequestRefusedError } from '@gatehouse/messaging';
import { LRUCache } from 'lru-cache';
import { type MaybePromise } from '../maybe-promise';
import { type ChangeFeed } from './change-feed';

/** An answer that says as of which change it was read. */
export interface AsOfChange {
  readonly change: number;
}

/** What of a {@link ChangeFeed} says whether an answer may be believed. */
type Voucher = Pick<ChangeFeed, 'trusting' | 'current' | 'isFresh' | 'mayRemember' | 'onForget'>;

interface Remembered<Value> {
  readonly value: Value;
  readonly marks: readonly string[];
}

interface Question<Value> {
  /** The last change that was known when it was asked. */
  readonly since: number;
  readonly answer: Promise<Value>;
  /** The answer to the question after it. */
  next?: Promise<Value>;
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
  private readonly asking = new Map<string, Question<Value>>();

  constructor(
    private readonly feed: Voucher,
    /** What the answer is about, in the words of `markOf`; undefined for one that is not to be remembered. */
    private readonly marksOf: (value: Value) => readonly string[] | undefined,
    private readonly onResult: (result: LookupResult) => void = () => undefined,
    max: number = MAX_CACHED,
  ) {
    this.known = new LRUCache({ max });
    feed.onForget(() => {
      this.known.clear();
      this.asking.clear();
    });
  }

  /** What is remembered and still holds. */
  peek(key: string): Value | undefined {
    const known = this.known.get(key);
    return known !== undefined && this.feed.isFresh(known.value.change, known.marks) ? known.value : undefined;
  }

  /** The remembered answer, else the one that is asked for. Throws RequestRefusedError when too many are. */
  find(key: string, ask: () => Promise<Value>): MaybePromise<Value> {
    const known = this.peek(key);
    if (known !== undefined) {
      this.onResult('cached');
      return known;
    }
    const running = this.asking.get(key);
    // A question asked before the last change may bring an answer from before it: good for who asked then, not now.
    if (running === undefined || running.since < this.feed.current) return this.ask(key, ask);
    this.onResult('joined');
    if (this.feed.trusting) return running.answer;
    // A revocation that we would not hear of may have come since it was asked, and waits for nobody: those who came later
    // share the next question.
    running.next ??= running.answer.then(ignore, ignore).then(() => this.find(key, ask));
    return running.next;
  }

  get size(): number {
    return this.known.size;
  }

  private ask(key: string, ask: () => Promise<Value>): Promise<Value> {
    this.onResult('asked');
    if (this.asking.size >= MAX_IN_FLIGHT) throw new RequestRefusedError('unavailable', 'too many callers at once');
    const answer: Promise<Value> = ask()
      .then((value) => {
        // Not one that was overtaken by a later question, nor one from before everything was forgotten.
        if (this.asking.get(key)?.answer === answer) this.remember(key, value);
        return value;
      })
      .finally(() => {
        if (this.asking.get(key)?.answer === answer) this.asking.delete(key);
      });
    this.asking.set(key, { since: this.feed.current, answer });
    return answer;
  }

  private remember(key: string, value: Value): void {
    const marks = this.marksOf(value);
    if (marks !== undefined && this.feed.mayRemember(value.change)) this.known.set(key, { value, marks });
  }
}

function ignore(): void {
  // Whoever asked is told.
}
