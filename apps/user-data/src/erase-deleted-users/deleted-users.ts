import { followUsers, type Following, type Removal } from '@gatehouse/follow';
import { NatsClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { type UserDataConfig } from '../config';
import { CONFIG } from '../tokens';
import { DeletionQueue } from './deletion-queue';
import { ErasureMetrics } from './erasure-metrics';
import { PendingErasures } from './pending-erasures';

/** Tombstones that are recorded together at most. */
const CONCURRENCY = 500;

/**
 * Learns from the stream of user changes which users are deleted, and records them. Only an explicit tombstone counts: a
 * user who is merely absent, because the stream was rebuilt from an incomplete database, is left alone. Requests do not
 * wait for it, and neither does readiness.
 */
@Injectable()
export class DeletedUsers implements OnApplicationBootstrap, OnModuleDestroy {
  private following: Following | undefined;
  private readonly queue: DeletionQueue;

  constructor(
    private readonly nats: NatsClient,
    private readonly metrics: ErasureMetrics,
    pending: PendingErasures,
    @Inject(CONFIG) private readonly config: Pick<UserDataConfig, 'retention'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    this.queue = new DeletionQueue((deletions) => pending.record(deletions));
  }

  onApplicationBootstrap(): void {
    if (this.config.retention.deletedUserDays === 0) return;
    const following = followUsers({
      nats: () => this.nats.get(),
      concurrency: CONCURRENCY,
      onUser: () => undefined,
      onRemoved: (userId, removal) => this.removed(userId, removal),
      onError: (error) => this.log.warn({ err: error }, 'following user changes failed; retrying'),
    });
    this.following = following;
    this.metrics.follows(() => following.lag().ms);
  }

  async onModuleDestroy(): Promise<void> {
    await this.following?.stop();
  }

  private removed(userId: string, { reason, version, generation }: Removal): Promise<void> | undefined {
    if (reason !== 'deleted' || version === undefined) {
      this.log.warn({ userId }, 'user is absent from the stream without a deletion; keeping the data');
      return undefined;
    }
    return this.queue.add({ userId, version, generation });
  }
}
