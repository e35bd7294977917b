import { randomUUID } from 'node:crypto';
import { userChangeSubject, usersStream } from '@gatehouse/contracts';
import { CompactedStream, JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { z } from 'zod';
import { recordDeletedUserErasure } from '../audit/record-audit';
import { type UserDataConfig } from '../config';
import { UserEraser } from '../erase-user/user-eraser';
import { CONFIG } from '../tokens';
import { type ErasureOutcome, ErasureMetrics } from './erasure-metrics';
import { type ClaimedErasure, PendingErasures } from './pending-erasures';

/** The part of a user change that decides. The rest may come from a newer release. */
const positionSchema = z.object({ kind: z.enum(['user', 'deleted']), version: z.int().positive() });

const EVERY_MS = 5_000;
/** No further transaction of an attempt begins after this time: shorter than the lease by the longest transaction. */
const PATIENCE_MS = 30_000;

/**
 * Erases the data of deleted users once the time to undo a deletion is over. Directly before it erases, it reads the
 * user's last message: only if that is the tombstone that was recorded, the data goes. So neither an old tombstone nor
 * an old record erases the data of a user who returned.
 */
@Injectable()
export class DeletedUserEraser extends PeriodicWorker {
  private readonly users: CompactedStream;

  constructor(
    nats: NatsClient,
    jetStream: JetStream,
    private readonly pending: PendingErasures,
    private readonly eraser: UserEraser,
    private readonly metrics: ErasureMetrics,
    @Inject(CONFIG) private readonly config: Pick<UserDataConfig, 'retention'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS });
    this.users = new CompactedStream(nats, jetStream, usersStream);
  }

  /** Makes one attempt for each erasure that is due, until the service stops. */
  async eraseDue(): Promise<void> {
    if (this.config.retention.deletedUserDays === 0) return;
    for (let claimed = await this.pending.claim(); claimed !== undefined; claimed = await this.pending.claim()) {
      this.metrics.attempted(await this.attempt(claimed));
      if (this.stopped) return;
    }
  }

  protected override async run(): Promise<void> {
    try {
      await this.eraseDue();
      if (this.config.retention.deletedUserDays > 0) this.metrics.measured(await this.pending.measure());
    } catch (error) {
      this.log.warn({ err: error }, 'erasing deleted users failed; retrying');
    }
  }

  private async attempt(claimed: ClaimedErasure): Promise<ErasureOutcome> {
    const { userId, version } = claimed;
    try {
      const last = await this.lastChange(userId);
      if (last === undefined) {
        this.log.warn({ userId, version }, 'erasure not confirmed: the stream has no message of the user; retrying');
        await this.pending.retryLater(claimed);
        return 'unconfirmed';
      }
      if (last.kind !== 'deleted') {
        this.log.info({ userId, version: last.version }, 'deleted user returned; erasure canceled');
        await this.pending.cancel(claimed);
        return 'returned';
      }
      if (last.version !== version) {
        this.log.info({ userId, version: last.version }, 'user was deleted again; erasure postponed');
        await this.pending.restart(claimed, last.version);
        return 'returned';
      }
      await this.erase(claimed);
      return 'erased';
    } catch (error) {
      this.log.warn({ err: error, userId }, 'erasing the data of a deleted user failed; retrying');
      await this.pending.retryLater(claimed).catch(() => undefined);
      return 'failed';
    }
  }

  private async erase(claimed: ClaimedErasure): Promise<void> {
    const { userId, version } = claimed;
    const runId = randomUUID();
    const { rows, complete } = await this.eraser.erase(
      userId,
      performance.now() + PATIENCE_MS,
      async (transaction, deleted) => {
        // Most deleted users own nothing, and every one is tried once after an upgrade.
        if (Object.values(deleted).every((count) => count === 0)) return;
        await recordDeletedUserErasure(transaction, { runId, userId, details: { version, ...deleted } });
      },
    );
    if (complete) await this.pending.finish(claimed);
    else await this.pending.proceed(claimed);
    const total = Object.values(rows).reduce((sum, count) => sum + count, 0);
    this.log.info({ userId, version, requestId: runId, rows: total, complete }, 'data of a deleted user erased');
  }

  /** What the user's last message on the stream says; undefined without one, and for one that cannot be read. */
  private async lastChange(userId: string): Promise<z.output<typeof positionSchema> | undefined> {
    const last = await this.users.last(userChangeSubject(userId));
    if (last === undefined) return undefined;
    try {
      return positionSchema.safeParse(JSON.parse(Buffer.from(last.data).toString())).data;
    } catch {
      return undefined;
    }
  }
}
