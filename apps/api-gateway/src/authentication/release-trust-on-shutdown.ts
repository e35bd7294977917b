import { type BeforeApplicationShutdown, Inject, Injectable } from '@nestjs/common';
import { AuditQueue } from '../audit/audit-queue';
import { DRAIN } from '../tokens';
import { TrustChangeFeed } from '../trust/trust-change-feed';
import { KeyUsage } from './key-usage';
import { SessionUsage } from './session-usage';

/**
 * At shutdown, while NATS is still connected: releases the gateway lease and flushes the use of keys and sessions and
 * audit entries. First lets responses end, because a revocation waits for this gateway only while it has its lease.
 */
@Injectable()
export class ReleaseTrustOnShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly feed: TrustChangeFeed,
    private readonly keys: KeyUsage,
    private readonly sessions: SessionUsage,
    private readonly audit: AuditQueue,
    @Inject(DRAIN) private readonly drain: () => Promise<void>,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await this.drain();
    await Promise.all([this.feed.end(), this.keys.end(), this.sessions.end(), this.audit.end()]);
  }
}
