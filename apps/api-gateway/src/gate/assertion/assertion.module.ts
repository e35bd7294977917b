import { Module } from '@nestjs/common';
import { type GatewayConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { TrustChangeFeed } from '../../trust/trust-change-feed';
import { TrustModule } from '../../trust/trust.module';
import { AssertionIssuer } from './assertion-issuer';

/** Assertions for services behind the gate. */
@Module({
  imports: [TrustModule],
  providers: [
    {
      provide: AssertionIssuer,
      inject: [CONFIG, TrustChangeFeed],
      useFactory: ({ publicUrl, assertionKeys }: GatewayConfig, feed: TrustChangeFeed) =>
        new AssertionIssuer(publicUrl, assertionKeys, feed),
    },
  ],
  exports: [AssertionIssuer],
})
export class AssertionModule {}
