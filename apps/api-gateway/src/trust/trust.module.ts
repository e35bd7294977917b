import { Module, type OnModuleInit } from '@nestjs/common';
import { TrustChangeFeed } from './trust-change-feed';

/** Follows trust changes, which decide how long looked up users and credentials may be remembered. */
@Module({ providers: [TrustChangeFeed], exports: [TrustChangeFeed] })
export class TrustModule implements OnModuleInit {
  constructor(private readonly feed: TrustChangeFeed) {}

  onModuleInit(): void {
    this.feed.start();
  }
}
