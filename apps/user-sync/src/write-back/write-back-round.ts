import { isRetryable, retryDelayMs } from '@gatehouse/lifecycle';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClerkMetadata, type UserAtClerk } from '../ask-clerk/clerk-metadata';
import { mapBounded } from '../ask-clerk/slots';
import { CONFIG, type UserSyncConfig } from '../config';
import { ClerkAwayError, ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { SuspectedAbsences } from '../reconcile/suspected-absences';
import { WriteBackMetrics } from './write-back-metrics';
import { type ClaimedWriteBack, type WriteBackClaim, WriteBackQueue } from './write-back-queue';

/** Clerk tells of so many users at once, and a lease holds for so many writes. */
const BATCH = 50;
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

/** Writes to Clerk what it is owed: claims some, asks what Clerk holds of all of them at once, writes what differs. */
@Injectable()
export class WriteBackRound {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'writeBack'>,
    @Inject(WriteBackQueue) private readonly queue: WriteBackQueue,
    @Inject(ClerkMetadata) private readonly clerk: ClerkMetadata,
    @Inject(SuspectedAbsences) private readonly absences: SuspectedAbsences,
    @Inject(WriteBackMetrics) private readonly metrics: WriteBackMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * One round. Throws ClerkAwayError or SharedOutageError while Clerk or the database is away: no try is used up then.
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
      if (error instanceof ClerkAwayError) this.metrics.count('released');
      throw error;
    } finally {
      await this.queue.release(claim);
    }
  }

  /** Whether Clerk refuses us, whoever it is about. */
  private async work(claim: WriteBackClaim, enough: () => boolean): Promise<boolean> {
    let held: ReadonlySet<string>;
    try {
      const all = new Map(claim.items.map((item) => [item.clerkUserId, wanted(item)]));
      held = await this.clerk.holding(all, this.timeoutMs);
    } catch (error) {
      if (!(error instanceof ClerkRequestError) || error instanceof ClerkAwayError) throw error;
      // It has to do with no user: all are given back, and nobody is asked about for a while.
      this.log.error({ failure: { code: error.code, message: error.message } }, 'Clerk does not tell what it holds');
      return true;
    }
    const [same, others] = partition(claim.items, ({ clerkUserId }) => held.has(clerkUserId));
    await this.queue.complete(claim.id, same);
    this.metrics.count('unchanged', same.length);
    const outages: unknown[] = [];
    let refused = false;
    await mapBounded(others, WRITES_AT_ONCE, async (item) => {
      if (outages.length > 0 || refused || enough()) return;
      try {
        refused = (await this.write(claim, item)) || refused;
      } catch (error) {
        outages.push(error);
      }
    });
    if (outages.length > 0) throw outages[0];
    return refused;
  }

  /** Whether Clerk refuses us, whoever it is about. */
  private async write(claim: WriteBackClaim, item: ClaimedWriteBack): Promise<boolean> {
    try {
      await this.clerk.write(item.clerkUserId, wanted(item), this.timeoutMs);
    } catch (error) {
      await this.fail(claim, item, error);
      return isOurKeyRefused(error);
    }
    failpoint('after-write-back', () => [item.clerkUserId]);
    await this.queue.complete(claim.id, [item]);
    this.metrics.count('written');
    this.log.info({ userId: item.userId, clerkUserId: item.clerkUserId }, 'written back to Clerk');
    return false;
  }

  /** Tries again later what may succeed, and buries the rest. Throws what is no failure of this write. */
  private async fail(claim: WriteBackClaim, item: ClaimedWriteBack, error: unknown): Promise<void> {
    const missing = error instanceof UserMissingAtClerkError;
    if (error instanceof ClerkAwayError || !(missing || error instanceof ClerkRequestError)) throw error;
    // No deletion by itself: it is asked for once more, and if it is gone its deletion ends this row.
    if (missing) await this.absences.suspect(item.clerkUserId, 'write_back');
    const { retry } = this.config.writeBack;
    const { userId, clerkUserId, retryCount } = item;
    // Others change this user too often: that is no failure of this write.
    const limited = !missing && error.answer.status === 429;
    const again =
      limited || ((missing || isRetryable({ kind: error.kind, ...error.answer })) && retryCount < retry.maxRetries);
    const wishMs = missing ? 0 : (error.answer.retryAfterMs ?? 0);
    const { code, message } = error;
    await this.queue.fail(claim.id, item, {
      ...{ code, message, counts: !limited },
      delayMs: limited
        ? Math.max(wishMs, LIMITED_PAUSE_MS)
        : again
          ? retryDelayMs(retry, retryCount, Math.random(), wishMs)
          : null,
    });
    this.metrics.count(limited ? 'limited' : again ? (missing ? 'missing' : 'retried') : 'dead');
    const about = { userId, clerkUserId, retryCount, failure: { code, message } };
    if (again) this.log.warn(about, 'a write-back to Clerk failed and is tried again');
    else this.log.error(about, 'a write-back to Clerk is dead: an admin has to look');
  }

  private get timeoutMs(): number {
    return Math.min(TIMEOUT_MS, this.config.writeBack.leaseMs / 2);
  }
}

function wanted({ userId, role }: ClaimedWriteBack): UserAtClerk {
  return { dbId: userId, role };
}

function isOurKeyRefused(error: unknown): boolean {
  return error instanceof ClerkRequestError && (error.answer.status === 401 || error.answer.status === 403);
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
