import { ClerkSessionVerifier, type KeySource, LegacyJwtVerifier } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/observability';
import { Module, type OnModuleInit } from '@nestjs/common';
import { type Logger } from 'pino';
import { AuditModule } from '../audit/audit.module';
import { type GatewayConfig } from '../config';
import { LimitsModule } from '../limits/limits.module';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { MetricsModule } from '../metrics/metrics.module';
import { CLERK_KEYS, CONFIG, STEADY_CLOCK } from '../tokens';
import { TrustModule } from '../trust/trust.module';
import { ApiKeyDirectory } from './api-key-directory';
import { Authenticator } from './authenticator';
import { clerkKeys } from './clerk-keys';
import { ConsoleSessions } from './console-sessions';
import { KeyGuesses } from './key-guesses';
import { KeyUsage } from './key-usage';
import { LegacyTokens } from './legacy-tokens';
import { PrincipalDirectory } from './principal-directory';
import { ReleaseTrustOnShutdown } from './release-trust-on-shutdown';
import { SessionUsage } from './session-usage';
import { TokenVerifier } from './token-verifier';

/** Authentication: verifies one credential per request and finds the user it belongs to. */
@Module({
  imports: [TrustModule, LimitsModule, AuditModule, MetricsModule],
  providers: [
    { provide: CLERK_KEYS, inject: [CONFIG, GatewayMetrics, LOGGER, STEADY_CLOCK], useFactory: clerkKeys },
    {
      provide: TokenVerifier,
      inject: [CONFIG, CLERK_KEYS, LegacyTokens, GatewayMetrics, LOGGER],
      useFactory: tokenVerifier,
    },
    LegacyTokens,
    PrincipalDirectory,
    KeyGuesses,
    KeyUsage,
    SessionUsage,
    ApiKeyDirectory,
    ConsoleSessions,
    Authenticator,
    ReleaseTrustOnShutdown,
  ],
  exports: [CLERK_KEYS, Authenticator, ConsoleSessions, LegacyTokens],
})
export class AuthenticationModule implements OnModuleInit {
  constructor(
    private readonly keys: KeyUsage,
    private readonly sessions: SessionUsage,
  ) {}

  onModuleInit(): void {
    this.keys.start();
    this.sessions.start();
  }
}

function tokenVerifier(
  { clerk, legacy }: GatewayConfig,
  keys: KeySource,
  { rules }: LegacyTokens,
  metrics: GatewayMetrics,
  log: Logger,
): TokenVerifier {
  if (clerk.authorizedParties.length === 0) {
    log.warn('CLERK_AUTHORIZED_PARTIES is empty: only tokens without azp, those of native clients, are accepted');
  }
  const verifiers = {
    issuers: { clerk: clerk.issuer, ...(rules !== undefined && { own: rules.issuer }) },
    clerk: new ClerkSessionVerifier({ ...clerk, authorizedParties: new OriginList(clerk.authorizedParties) }, keys),
    legacy: rules === undefined ? undefined : new LegacyJwtVerifier(rules),
  };
  const tokens = new TokenVerifier(verifiers, (result) => metrics.verifications.inc({ result }));
  keys.onChange(() => tokens.flush());
  // A removed secret is rejected at once, also for tokens that it verified before.
  legacy.secrets.onChange(() => tokens.flush());
  return tokens;
}
