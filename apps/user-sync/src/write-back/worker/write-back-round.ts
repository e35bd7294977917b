import { isRetryable, retryDelayMs } from '@gatehouse/lifecycle';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClerkMetadata } from '../../clerk/clerk-metadata';
import { mapBounded } from '../../concurrency/slots';
import { type UserSyncConfig } from '../../config';
import { ClerkUnavailableError, ClerkRequestError, UserMissingAtClerkError, isOurKeyRejected } from '../../errors';
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

/** Maximum write-backs per lease. */
const BATCH = 50;
/**
 * Users per read. Few, so that little time passes between reading a user and writing it: Clerk has no conditional
 * write.
 */
const READ_AT_ONCE = 25;
/**
 * Concurrent writes. The Clerk budget of a production key refills 72 tokens a second. If a write takes less than 0.16
 * s, 12 at once use up the budget. If Clerk is slower, some of the budget stays unused, which does no harm.
 */
const WRITES_AT_ONCE = 12;
const TIMEOUT_MS = 10_000;
/**
 * Pause after Clerk has rejected our secret key. Without the pause, the next write-backs would fail and become dead as
 * well.
 */
const REJECTED_PAUSE_MS = 60_000;
/** Pause after a 429 without `Retry-After`. Clerk allows ten changes of one user in 10 s. */
const LIMITED_PAUSE_MS = 1_000;

/** Result of a round. `idle`: no write-back was due. `pauseMs`: time to wait before the next round. */
interface RoundEnd {
  readonly idle: boolean;
  readonly pauseMs: number;
}

/**
 * Processes due write-backs: leases some, reads their users' metadata from Clerk, and writes our values where that is
 * allowed.
 */
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
   * Runs one round. `stopping` is asked before each write.
   * @throws ClerkUnavailableError or SharedOutageError while Clerk or the database is unavailable. No retry is used up then.
   */
  async run(stopping: () => boolean): Promise<RoundEnd> {
    const { leaseMs } = this.config.writeBack;
    failpoint('before-write-back-lease');
    const lease = await this.queue.lease(BATCH, leaseMs);
    if (lease.items.length === 0) return { idle: true, pauseMs: 0 };
    failpoint('after-write-back-lease', () => lease.items.map(({ clerkUserId }) => clerkUserId));
    // No write starts in the second half of the lease, and a write times out after at most half a lease
    // (`callOptions`). So every write ends before the lease expires.
    const until = performance.now() + leaseMs / 2;
    const enough = () => stopping() || performance.now() > until;
    try {
      const rejected = await this.work(lease, enough);
      return { idle: false, pauseMs: rejected ? REJECTED_PAUSE_MS : 0 };
    } catch (error) {
      if (error instanceof ClerkUnavailableError) this.metrics.count('released');
      throw error;
    } finally {
      await this.queue.release(lease);
    }
  }

  /**
   * Processes the leased write-backs. Returns true if the worker should pause: Clerk rejected our secret key, or the
   * metadata could not be read.
   */
  private async work(lease: WriteBackLease, enough: () => boolean): Promise<boolean> {
    for (let from = 0; from < lease.items.length && !enough(); from += READ_AT_ONCE) {
      const items = lease.items.slice(from, from + READ_AT_ONCE);
      let metadata: ReadonlyMap<string, PublicMetadata>;
      try {
        metadata = await this.clerk.read(
          items.map(({ clerkUserId }) => clerkUserId),
          this.callOptions,
        );
      } catch (error) {
        if (!(error instanceof ClerkRequestError) || error instanceof ClerkUnavailableError) throw error;
        // The error concerns all users of the lease, not one. So no write-back counts as failed: `run` releases them
        // all, and returns a pause.
        this.log.error(
          { failure: { code: error.code, message: error.message } },
          'reading metadata from Clerk failed; write-back paused',
        );
        return true;
      }
      const sending = await this.check(lease, items, metadata);
      const rejected = await this.writeAll(lease, sending, enough);
      if (rejected) return true;
    }
    return false;
  }

  /** Compares Clerk's metadata with ours, records the result, and returns the writes to send. */
  private async check(
    lease: WriteBackLease,
    items: readonly LeasedWriteBack[],
    metadata: ReadonlyMap<string, PublicMetadata>,
  ): Promise<readonly ComparedWriteBack[]> {
    const compared = items.flatMap((item): ComparedWriteBack[] => {
      const held = metadata.get(item.clerkUserId);
      return held === undefined ? [] : [{ item, comparison: this.compare(item, held) }];
    });
    for (const item of items) {
      if (!metadata.has(item.clerkUserId)) await this.fail(lease, item, new UserMissingAtClerkError());
    }
    const [sending, settled] = partition(compared, ({ comparison }) => comparison.write.size > 0);
    const now = new Date();
    const held = await this.queue.recordCheck(lease.id, {
      found: compared.map(({ item, comparison }) => ({ userId: item.userId, foreign: comparison.foreign })),
      settled: settled.map(({ item, comparison }) => {
        return { item, ours: withConfirmed(item.ours, comparison.equal, now), seen: fingerprintOf(comparison.held) };
      }),
      sending: sending.map(({ item, comparison }) => {
        const known = withEqual(item.ours, comparison.equal);
        return { item, ours: withSent(known, comparison.write, now), seen: fingerprintOf(comparison.held) };
      }),
    });
    const [collided, unchanged] = partition(settled, ({ comparison }) => comparison.foreign.length > 0);
    this.metrics.count('unchanged', unchanged.length);
    this.metrics.count('collision', collided.length);
    return sending.filter(({ item }) => held.has(item.userId));
  }

  private compare(item: LeasedWriteBack, metadata: PublicMetadata): MetadataComparison {
    const { key } = this.config.metadata;
    const taking = item.collisions.filter(({ state }) => state === 'taking');
    const taken = new Map(taking.map((collision) => [collision.key, collision.digest]));
    return compareMetadata(metadata, wantedValues(item, key), { key, ours: item.ours, taken });
  }

  /** Sends the writes. Returns whether Clerk has rejected our secret key. */
  private async writeAll(
    lease: WriteBackLease,
    sending: readonly ComparedWriteBack[],
    enough: () => boolean,
  ): Promise<boolean> {
    const outages: unknown[] = [];
    let rejected = false;
    await mapBounded(sending, WRITES_AT_ONCE, async (compared) => {
      if (outages.length > 0 || rejected || enough()) return;
      try {
        rejected = (await this.write(lease, compared)) || rejected;
      } catch (error) {
        outages.push(error);
      }
    });
    if (outages.length > 0) throw outages[0];
    return rejected;
  }

  /** Sends one write. Returns whether Clerk has rejected our secret key. */
  private async write(lease: WriteBackLease, { item, comparison }: ComparedWriteBack): Promise<boolean> {
    const { key } = this.config.metadata;
    try {
      await this.clerk.merge(item.clerkUserId, metadataPatch(comparison.write, key), this.callOptions);
    } catch (error) {
      await this.fail(lease, item, error);
      return isOurKeyRejected(error);
    }
    failpoint('after-write-back', () => [item.clerkUserId]);
    const confirmed = new Map([...comparison.equal, ...comparison.write]);
    const taken = item.collisions.filter(({ key: at, state }) => {
      return state === 'taking' && (comparison.write.has(at) || at === key);
    });
    await this.queue.complete(lease.id, [
      {
        item,
        ours: withConfirmed(item.ours, confirmed, new Date()),
        // Not the fingerprint of Clerk's answer: the answer may hold a change by the company that was not compared yet.
        seen: fingerprintOf(valuesAfter(comparison, key)),
        taken: taken.map(({ id }) => id),
      },
    ]);
    this.metrics.count('written');
    const keys = [...comparison.write.keys()];
    this.log.info({ userId: item.userId, clerkUserId: item.clerkUserId, keys }, 'metadata written to Clerk');
    return false;
  }

  /** Schedules a retry, or marks the write-back as dead. Rethrows errors that are not about this write. */
  private async fail(lease: WriteBackLease, item: LeasedWriteBack, error: unknown): Promise<void> {
    const missing = error instanceof UserMissingAtClerkError;
    if (error instanceof ClerkUnavailableError || !(missing || error instanceof ClerkRequestError)) throw error;
    // A 404 alone does not delete the user. If a second check deletes the user, that ends this write-back.
    if (missing) await this.absences.suspect(item.clerkUserId, 'write_back');
    const { retry } = this.config.writeBack;
    const { userId, clerkUserId, retryCount } = item;
    // A 429 means that other programs change this user too often, so the retry is not counted.
    const limited = !missing && error.answer.status === 429;
    const retryable = missing || isRetryable({ kind: error.kind, ...error.answer });
    const again = limited || (retryable && retryCount < retry.maxRetries);
    const wishMs = missing ? 0 : (error.answer.retryAfterMs ?? 0);
    const pauseMs = limited
      ? Math.max(wishMs, LIMITED_PAUSE_MS)
      : retryDelayMs(retry, retryCount, Math.random(), wishMs);
    const { code, message } = error;
    await this.queue.fail(lease.id, item, { code, message, counts: !limited, delayMs: again ? pauseMs : null });
    const retried = limited ? 'limited' : missing ? 'missing' : 'retried';
    this.metrics.count(again ? retried : 'dead');
    const about = { userId, clerkUserId, retryCount, failure: { code, message } };
    if (again) this.log.warn(about, 'write-back failed; retrying');
    else this.log.error(about, 'write-back is dead: no retry left; an admin has to look');
  }

  private get callOptions(): { readonly priority: 'write_back'; readonly timeoutMs: number } {
    return { priority: 'write_back', timeoutMs: Math.min(TIMEOUT_MS, this.config.writeBack.leaseMs / 2) };
  }
}

interface ComparedWriteBack {
  readonly item: LeasedWriteBack;
  readonly comparison: MetadataComparison;
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
