import { RequestRefusedError } from '@gatehouse/messaging';
import { LRUCache } from 'lru-cache';
import { type MaybePromise } from '../maybe-promise';
import { type TrustChangeFeed } from './trust-change-feed';

/**
 * An answer of user-sync. `change`: number of the last trust change when user-sync read the data of the answer from its
 * database.
 */
export interface AsOfTrustChange {
  readonly change: number;
}

/** The part of a {@link TrustChangeFeed} that decides whether answers may be used. */
type Feed = Pick<TrustChangeFeed, 'trusting' | 'current' | 'isFresh' | 'mayRemember' | 'onForget'>;

interface Remembered<Value> {
  readonly value: Value;
  readonly marks: readonly string[];
}

interface RunningRequest<Value> {
  /** Number of the last change that the feed had applied when this request was sent. */
  readonly since: number;
  readonly answer: Promise<Value>;
  /**
   * Answer of the next request, which starts when this request ends. For callers that came while the feed was not
   * `trusting`. They must not get `answer`: user-sync may have read its data before a revocation that the feed missed.
   */
  next?: Promise<Value>;
}

/**
 * Where an answer came from: memory (`cached`), a running request of another caller (`joined`) or a new request
 * (`asked`).
 */
export type LookupResult = 'cached' | 'joined' | 'asked';

const MAX_CACHED = 20_000;
/** Maximum concurrent lookups. Bounds memory while user-sync is slow. */
const MAX_IN_FLIGHT = 1_000;

/**
 * Remembers answers of user-sync while the {@link TrustChangeFeed} allows it. Concurrent lookups with one cache key
 * share a request.
 */
export class TrustedLookup<Value extends AsOfTrustChange> {
  private readonly known: LRUCache<string, Remembered<Value>>;
  private readonly running = new Map<string, RunningRequest<Value>>();

  constructor(
    private readonly feed: Feed,
    /** Returns the marks of an answer (see `LastChanges`); undefined for an answer that must not be remembered. */
    private readonly marksOf: (value: Value) => readonly string[] | undefined,
    private readonly onResult: (result: LookupResult) => void = () => undefined,
    max: number = MAX_CACHED,
  ) {
    this.known = new LRUCache({ max });
    feed.onForget(() => {
      this.known.clear();
      this.running.clear();
    });
  }

  /** Returns the remembered answer if it is still valid. */
  peek(key: string): Value | undefined {
    const known = this.known.get(key);
    return known !== undefined && this.feed.isFresh(known.value.change, known.marks) ? known.value : undefined;
  }

  /**
   * Returns the remembered answer, or else the answer of `ask`.
   * @throws RequestRefusedError `unavailable` if too many lookups run
   */
  find(key: string, ask: () => Promise<Value>): MaybePromise<Value> {
    const known = this.peek(key);
    if (known !== undefined) {
      this.onResult('cached');
      return known;
    }
    const running = this.running.get(key);
    // A request that was sent before the last change may return an outdated answer. Callers that came after the change
    // get a new request.
    if (running === undefined || running.since < this.feed.current) return this.send(key, ask);
    this.onResult('joined');
    if (this.feed.trusting) return running.answer;
    // The feed may have missed a revocation since the request was sent. Callers that come now wait until that request
    // ends, and then share a new one.
    running.next ??= running.answer.then(ignore, ignore).then(() => this.find(key, ask));
    return running.next;
  }

  get size(): number {
    return this.known.size;
  }

  private send(key: string, ask: () => Promise<Value>): Promise<Value> {
    this.onResult('asked');
    if (this.running.size >= MAX_IN_FLIGHT) {
      throw new RequestRefusedError(
        'unavailable',
        'The gateway has reached its limit of concurrent lookups. Retry later.',
      );
    }
    const answer: Promise<Value> = ask()
      .then((value) => {
        // Does not remember the answer if a later request replaced this one, or if all answers were forgotten.
        if (this.running.get(key)?.answer === answer) this.remember(key, value);
        return value;
      })
      .finally(() => {
        if (this.running.get(key)?.answer === answer) this.running.delete(key);
      });
    this.running.set(key, { since: this.feed.current, answer });
    return answer;
  }

  private remember(key: string, value: Value): void {
    const marks = this.marksOf(value);
    if (marks !== undefined && this.feed.mayRemember(value.change)) this.known.set(key, { value, marks });
  }
}

function ignore(): void {
  // Only waits for the request to end. The caller that sent the request gets the answer or the error.
}
