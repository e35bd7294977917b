import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { ChangeFeed } from '../follow-changes/change-feed';
import { KeyUsage } from './key-usage';

/** At shutdown, while NATS is still there: gives the lease up and tells the last uses of keys. */
@Injectable()
export class LetGoOfTrust implements BeforeApplicationShutdown {
  constructor(
    private readonly feed: ChangeFeed,
    private readonly usage: KeyUsage,
  ) {}

  async beforeApplicationShutdown(): Promise<void> {
    await Promise.all([this.feed.end(), this.usage.end()]);
  }
}
