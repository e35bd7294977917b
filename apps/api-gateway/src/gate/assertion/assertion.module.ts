import { Module } from '@nestjs/common';
import { type GatewayConfig } from '../../config';
import { CONFIG } from '../../tokens';
import { TrustChangeFeed } from '../../trust/trust-change-feed';
import { TrustModule } from '../../trust/trust.module';
import { AssertionIssuer } from './assertion-issuer';
import { JwksController } from './jwks.controller';

/** Assertions for services behind the gate, and the key set that verifies them. */
@Module({
  imports: [TrustModule],
  controllers: [JwksController],
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
