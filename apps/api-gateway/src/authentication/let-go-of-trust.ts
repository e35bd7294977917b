import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { AuditQueue } from '../audit/audit-queue';
import { ChangeFeed } from '../trust/change-feed';
import { KeyUsage } from './key-usage';

/** At shutdown, while NATS is still there: gives the lease up, tells the last uses of keys and what the audit log lacks. */
@Injectable()
export class LetGoOfTrust implements BeforeApplicationShutdown {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly usage: KeyUsage,
    private readonly audit: AuditQueue,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.end(), this.usage.end(), this.audit.end()]);
  }
}
