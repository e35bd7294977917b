import { isRetryable, retryDelayMs } from '@gatehouse/lifecycle';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClerkMetadata } from '../../clerk/clerk-metadata';
import { mapBounded } from '../../concurrency/slots';
import { type UserSyncConfig } from '../../config';
import { ClerkUnavailableError, ClerkRequestError, UserMissingAtClerkError } from '../../errors';
import { type PublicMetadata } from '../../clerk-user/company-metadata';
import {
  type MetadataComparison,
  compareMetadata,
  metadataPatch,
  valuesAfter,
  wantedValues,
  withConfirmed,
  withEqual,
  withSent,
} from '../metadata/compare-metadata';
import { fingerprintOf } from '../metadata/metadata-value';
import { SuspectedAbsences } from '../../clerk/suspected-absences';
import { CONFIG } from '../../tokens';
import { WriteBackMetrics } from './write-back-metrics';
import { type LeasedWriteBack, type WriteBackLease, WriteBackQueue } from '../queue/write-back-queue';

/** A lease holds for so many writes. */
const BATCH = 50;
/** Clerk has no conditional write: the shorter the time between reading a value and writing over it, the better. */
const READ_AT_ONCE = 25;
/** A write takes Clerk a tenth of a second or more: so that the budget of a production key is the limit, not the waiting. */
const WRITES_AT_ONCE = 12;
const TIMEOUT_MS = 10_000;
/** After Clerk has refused us, whoever it is about: trying the next ones at once would only bury them too. */
const REFUSED_PAUSE_MS = 60_000;
/** After a 429 that says nothing of when to come again; Clerk allows ten changes of one user in 10 s. */
const LIMITED_PAUSE_MS = 1_000;

/** What the next round has to know of this one. */
export interface RoundEnd {
  readonly idle: boolean;
  readonly pauseMs: number;
}

/** Processes pending write-backs: claims some users, reads their metadata at Clerk and writes the keys that it may. */
@Injectable()
export class WriteBackRound {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'writeBack' | 'metadata'>,
    @Inject(WriteBackQueue) private readonly queue: Pick<WriteBackQueue, keyof WriteBackQueue>,
    @Inject(ClerkMetadata) private readonly clerk: Pick<ClerkMetadata, keyof ClerkMetadata>,
    private readonly absences: SuspectedAbsences,
    @Inject(WriteBackMetrics) private readonly metrics: Pick<WriteBackMetrics, 'count'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * One round. Throws ClerkUnavailableError or SharedOutageError while Clerk or the database is away: no try is used up then.
   * `stopping` is asked before each write.
   */
  async run(stopping: () => boolean): Promise<RoundEnd> {
    const { leaseMs } = this.config.writeBack;
    failpoint('before-write-back-claim');
    const claim = await this.queue.claim(BATCH, leaseMs);
    if (claim.items.length === 0) return { idle: true, pauseMs: 0 };
    failpoint('after-write-back-claim', () => claim.items.map(({ clerkUserId }) => clerkUserId));
    // Whatever is begun by then ends while the lease holds.
    const until = performance.now() + leaseMs / 2;
    const enough = () => stopping() || performance.now() > until;
    try {
      const refused = await this.work(claim, enough);
      return { idle: false, pauseMs: refused ? REFUSED_PAUSE_MS : 0 };
    } catch (error) {
      if (error instanceof ClerkUnavailableError) this.metrics.count('released');
      throw error;
    } finally {
      await this.queue.release(claim);
    }
  }

  /** Whether Clerk refuses us, whoever it is about. */
  private async work(claim: WriteBackLease, enough: () => boolean): Promise<boolean> {
    for (let from = 0; from < claim.items.length && !enough(); from += READ_AT_ONCE) {
      const items = claim.items.slice(from, from + READ_AT_ONCE);
      let metadata: ReadonlyMap<string, PublicMetadata>;
      try {
        metadata = await this.clerk.read(
          items.map(({ clerkUserId }) => clerkUserId),
          this.callOptions,
        );
      } catch (error) {
        if (!(error instanceof ClerkRequestError) || error instanceof ClerkUnavailableError) throw error;
        // It has to do with no user: all are given back, and nobody is asked about for a while.
        this.log.error({ failure: { code: error.code, message: error.message } }, 'Clerk does not tell what it holds');
        return true;
      }
      const sending = await this.check(claim, items, metadata);
      const refused = await this.writeAll(claim, sending, enough);
      if (refused) return true;
    }
    return false;
  }

  /** Judges what Clerk holds, records it, and returns the writes that may be sent now. */
  private async check(
    claim: WriteBackLease,
    items: readonly LeasedWriteBack[],
    metadata: ReadonlyMap<string, PublicMetadata>,
  ): Promise<readonly Judged[]> {
    const judged = items.flatMap((item): Judged[] => {
      const held = metadata.get(item.clerkUserId);
      return held === undefined ? [] : [{ item, verdict: this.judge(item, held) }];
    });
    for (const item of items) {
      if (!metadata.has(item.clerkUserId)) await this.fail(claim, item, new UserMissingAtClerkError());
    }
    const [sending, settled] = partition(judged, ({ verdict }) => verdict.write.size > 0);
    const now = new Date();
    const held = await this.queue.recordCheck(claim.id, {
      found: judged.map(({ item, verdict }) => ({ userId: item.userId, foreign: verdict.foreign })),
      settled: settled.map(({ item, verdict }) => {
        return { item, ours: withConfirmed(item.ours, verdict.equal, now), seen: fingerprintOf(verdict.held) };
      }),
      sending: sending.map(({ item, verdict }) => {
        const known = withEqual(item.ours, verdict.equal);
        return { item, ours: withSent(known, verdict.write, now), seen: fingerprintOf(verdict.held) };
      }),
    });
    const [collided, unchanged] = partition(settled, ({ verdict }) => verdict.foreign.length > 0);
    this.metrics.count('unchanged', unchanged.length);
    this.metrics.count('collision', collided.length);
    return sending.filter(({ item }) => held.has(item.userId));
  }

  private judge(item: LeasedWriteBack, metadata: PublicMetadata): MetadataComparison {
    const { key } = this.config.metadata;
    const taking = item.collisions.filter(({ state }) => state === 'taking');
    const taken = new Map(taking.map((collision) => [collision.key, collision.digest]));
    return compareMetadata(metadata, wantedValues(item, key), { key, ours: item.ours, taken });
  }

  /** Whether Clerk refuses us, whoever it is about. */
  private async writeAll(claim: WriteBackLease, sending: readonly Judged[], enough: () => boolean): Promise<boolean> {
    const outages: unknown[] = [];
    let refused = false;
    await mapBounded(sending, WRITES_AT_ONCE, async (judged) => {
      if (outages.length > 0 || refused || enough()) return;
      try {
        refused = (await this.write(claim, judged)) || refused;
      } catch (error) {
        outages.push(error);
      }
    });
    if (outages.length > 0) throw outages[0];
    return refused;
  }

  /** Whether Clerk refuses us, whoever it is about. */
  private async write(claim: WriteBackLease, { item, verdict }: Judged): Promise<boolean> {
    const { key } = this.config.metadata;
    try {
      await this.clerk.merge(item.clerkUserId, metadataPatch(verdict.write, key), this.callOptions);
    } catch (error) {
      await this.fail(claim, item, error);
      return isOurKeyRefused(error);
    }
    failpoint('after-write-back', () => [item.clerkUserId]);
    const confirmed = new Map([...verdict.equal, ...verdict.write]);
    const taken = item.collisions.filter(({ key: at, state }) => {
      return state === 'taking' && (verdict.write.has(at) || at === key);
    });
    await this.queue.complete(claim.id, [
      {
        item,
        // The known values include what was just sent.
        ours: withConfirmed(item.ours, confirmed, new Date()),
        // Not Clerk's answer: it may hold a change of the company that has not been judged.
        seen: fingerprintOf(valuesAfter(verdict, key)),
        taken: taken.map(({ id }) => id),
      },
    ]);
    this.metrics.count('written');
    const keys = [...verdict.write.keys()];
    this.log.info({ userId: item.userId, clerkUserId: item.clerkUserId, keys }, 'wrote metadata to Clerk');
    return false;
  }

  /** Tries again later what may succeed, and buries the rest. Throws what is no failure of this write. */
  private async fail(claim: WriteBackLease, item: LeasedWriteBack, error: unknown): Promise<void> {
    const missing = error instanceof UserMissingAtClerkError;
    if (error instanceof ClerkUnavailableError || !(missing || error instanceof ClerkRequestError)) throw error;
    // No deletion by itself: it is asked for once more, and if it is gone its deletion ends this row.
    if (missing) await this.absences.suspect(item.clerkUserId, 'write_back');
    const { retry } = this.config.writeBack;
    const { userId, clerkUserId, retryCount } = item;
    // Others change this user too often: that is no failure of this write.
    const limited = !missing && error.answer.status === 429;
    const retryable = missing || isRetryable({ kind: error.kind, ...error.answer });
    const again = limited || (retryable && retryCount < retry.maxRetries);
    const wishMs = missing ? 0 : (error.answer.retryAfterMs ?? 0);
    const pauseMs = limited
      ? Math.max(wishMs, LIMITED_PAUSE_MS)
      : retryDelayMs(retry, retryCount, Math.random(), wishMs);
    const { code, message } = error;
    await this.queue.fail(claim.id, item, { code, message, counts: !limited, delayMs: again ? pauseMs : null });
    const retried = limited ? 'limited' : missing ? 'missing' : 'retried';
    this.metrics.count(again ? retried : 'dead');
    const about = { userId, clerkUserId, retryCount, failure: { code, message } };
    if (again) this.log.warn(about, 'a write-back to Clerk failed and is tried again');
    else this.log.error(about, 'a write-back to Clerk is dead: an admin has to look');
  }

  private get callOptions(): { readonly priority: 'write_back'; readonly timeoutMs: number } {
    return { priority: 'write_back', timeoutMs: Math.min(TIMEOUT_MS, this.config.writeBack.leaseMs / 2) };
  }
}

interface Judged {
  readonly item: LeasedWriteBack;
  readonly verdict: MetadataComparison;
}

function isOurKeyRefused(error: unknown): boolean {
  return error instanceof ClerkRequestError && (error.answer.status === 401 || error.answer.status === 403);
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
