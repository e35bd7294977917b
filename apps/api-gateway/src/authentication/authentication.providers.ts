import { ClerkSessionVerifier, JwksCache, type KeySource, LegacyJwtVerifier, pinnedKey } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { type Provider } from '@nestjs/common';
import { type Logger } from 'pino';
import { CONFIG, type GatewayConfig } from '../config';
import { ChangeFeed } from '../trust/change-feed';
import { type MonotonicClock, STEADY_CLOCK } from '../trust/steady-clock';
import { AuditQueue } from '../audit/audit-queue';
import { AuditTrail } from '../audit/audit-trail';
import { RateLimits } from '../limits/rate-limits';
import { LegacyTokens } from './legacy-tokens';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { ApiKeyDirectory } from './api-key-directory';
import { Authenticator } from './authenticator';
import { KeyGuesses } from './key-guesses';
import { KeyUsage } from './key-usage';
import { PrincipalDirectory } from './principal-directory';
import { TokenVerifier } from './token-verifier';

/** Injection token of the {@link KeySource} of Clerk's keys. */
export const CLERK_KEYS = Symbol('ClerkKeys');

/** Everything that finds out who is calling. */
export const authenticationProviders: Provider[] = [
  {
    provide: CLERK_KEYS,
    inject: [CONFIG, GatewayMetrics, LOGGER, STEADY_CLOCK],
    useFactory: ({ clerk }: GatewayConfig, metrics: GatewayMetrics, log: Logger, now: MonotonicClock): KeySource =>
      clerk.jwtKey === undefined ? fetchedKeys(clerk.jwksUrl, metrics, log, now) : pinnedKey(clerk.jwtKey),
  },
  {
    provide: ChangeFeed,
    inject: [NatsClient, RequestClient, LOGGER, STEADY_CLOCK],
    useFactory: (nats: NatsClient, services: RequestClient, log: Logger, clock: MonotonicClock) => {
      const feed = new ChangeFeed(nats, services, log, clock);
      feed.start();
      return feed;
    },
  },
  {
    provide: AuditQueue,
    inject: [RequestClient, LOGGER, GatewayMetrics],
    useFactory: (services: RequestClient, log: Logger, metrics: GatewayMetrics) =>
      new AuditQueue(services, log, {
        onWaiting: (count) => metrics.auditWaiting.set(count),
        onLoss: (reason) => metrics.auditLosses.inc({ reason }),
      }),
  },
  {
    provide: AuditTrail,
    inject: [AuditQueue, LOGGER],
    useFactory: (queue: AuditQueue, log: Logger) => new AuditTrail(queue, log),
  },
  {
    provide: KeyUsage,
    inject: [RequestClient, LOGGER],
    useFactory: (services: RequestClient, log: Logger) => {
      const usage = new KeyUsage(services, log);
      usage.start();
      return usage;
    },
  },
  {
    provide: LegacyTokens,
    inject: [CONFIG],
    useFactory: ({ legacy, publicUrl }: GatewayConfig) => new LegacyTokens(legacy, publicUrl),
  },
  {
    provide: PrincipalDirectory,
    inject: [RequestClient, ChangeFeed, GatewayMetrics],
    useFactory: (services: RequestClient, feed: ChangeFeed, metrics: GatewayMetrics) =>
      new PrincipalDirectory(services, feed, (result) => metrics.principalLookups.inc({ result })),
  },
  { provide: KeyGuesses, inject: [RateLimits], useFactory: (limits: RateLimits) => new KeyGuesses(limits) },
  {
    provide: ApiKeyDirectory,
    inject: [RequestClient, ChangeFeed, KeyGuesses, KeyUsage, GatewayMetrics],
    useFactory: (
      services: RequestClient,
      feed: ChangeFeed,
      guesses: KeyGuesses,
      usage: KeyUsage,
      metrics: GatewayMetrics,
    ) =>
      new ApiKeyDirectory({
        services,
        feed,
        guesses,
        usage,
        onResult: (result) => metrics.principalLookups.inc({ result }),
      }),
  },
  {
    provide: TokenVerifier,
    inject: [CONFIG, CLERK_KEYS, LegacyTokens, GatewayMetrics, LOGGER],
    useFactory: tokenVerifier,
  },
  {
    provide: Authenticator,
    inject: [TokenVerifier, ApiKeyDirectory, PrincipalDirectory, AuditTrail, GatewayMetrics],
    useFactory: (
      tokens: TokenVerifier,
      keys: ApiKeyDirectory,
      principals: PrincipalDirectory,
      audit: AuditTrail,
      metrics: GatewayMetrics,
    ) =>
      new Authenticator({
        tokens,
        keys,
        principals,
        onRefusal: (code) => metrics.verifications.inc({ result: code }),
        onImpersonation: (session, context) => audit.impersonated(session, context),
      }),
  },
];

function tokenVerifier(
  { clerk }: GatewayConfig,
  keys: KeySource,
  legacy: LegacyTokens,
  metrics: GatewayMetrics,
  log: Logger,
): TokenVerifier {
  if (clerk.authorizedParties.length === 0) {
    log.warn('CLERK_AUTHORIZED_PARTIES is empty: only tokens without azp, those of native clients, are accepted');
  }
  const { rules } = legacy;
  const verifiers = {
    issuers: { clerk: clerk.issuer, ...(rules !== undefined && { own: rules.issuer }) },
    clerk: new ClerkSessionVerifier({ ...clerk, authorizedParties: new OriginList(clerk.authorizedParties) }, keys),
    legacy: rules === undefined ? undefined : new LegacyJwtVerifier(rules),
  };
  const tokens = new TokenVerifier(verifiers, (result) => metrics.verifications.inc({ result }));
  keys.onChange(() => tokens.flush());
  return tokens;
}

function fetchedKeys(url: string, metrics: GatewayMetrics, log: Logger, now: MonotonicClock): KeySource {
  // Fetches may fail every second: an unchanged reason is logged once.
  let lastReason: string | undefined;
  return new JwksCache({
    url,
    now,
    onFetch: (error) => {
      metrics.keyFetches.inc({ result: error === undefined ? 'fetched' : 'failed' });
      const reason = error === undefined ? undefined : reasonOf(error);
      if (reason !== undefined && reason !== lastReason)
        log.warn({ reason }, "Clerk's keys cannot be fetched; retrying");
      if (reason === undefined && lastReason !== undefined) log.info("Clerk's keys were fetched");
      lastReason = reason;
    },
  });
}

/** The messages of an error and its causes, without a stack. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
