import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AuditQueue } from '../audit/audit-queue';
import { TrustChangeFeed } from '../trust/trust-change-feed';
import { KeyUsage } from './key-usage';

/** At shutdown, while NATS is still connected: releases the gateway lease and flushes key usage and audit entries. */
@Injectable()
export class ReleaseTrustOnShutdown implements BeforeApplicationShutdown {
  constructor(
    private readonly feed: TrustChangeFeed,
    private readonly usage: KeyUsage,
    private readonly audit: AuditQueue,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.end(), this.usage.end(), this.audit.end()]);
  }
}
