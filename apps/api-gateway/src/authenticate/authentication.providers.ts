import {
  type ClerkSession,
  ClerkSessionVerifier,
  JwksCache,
  type KeySource,
  VerifiedTokenCache,
  pinnedKey,
} from '@gatehouse/auth';
import { RequestClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { type Provider } from '@nestjs/common';
import { type Logger } from 'pino';
import { CONFIG, type GatewayConfig } from '../config';
import { GatewayMetrics } from '../measure-requests/gateway-metrics';
import { Authenticator } from './authenticator';
import { PrincipalDirectory } from './principal-directory';

/** Injection token of the {@link KeySource} of Clerk's keys. */
export const CLERK_KEYS = Symbol('ClerkKeys');

/** Everything that finds out who is calling. */
export const authenticationProviders: Provider[] = [
  {
    provide: CLERK_KEYS,
    inject: [CONFIG, GatewayMetrics, LOGGER],
    useFactory: ({ clerk }: GatewayConfig, metrics: GatewayMetrics, log: Logger): KeySource =>
      clerk.jwtKey === undefined ? fetchedKeys(clerk.jwksUrl, metrics, log) : pinnedKey(clerk.jwtKey),
  },
  {
    provide: PrincipalDirectory,
    inject: [RequestClient, GatewayMetrics],
    useFactory: (services: RequestClient, metrics: GatewayMetrics) => new PrincipalDirectory(services, metrics),
  },
  {
    provide: Authenticator,
    inject: [CONFIG, CLERK_KEYS, PrincipalDirectory, GatewayMetrics, LOGGER],
    useFactory: (
      { clerk, publicUrl }: GatewayConfig,
      keys: KeySource,
      directory: PrincipalDirectory,
      metrics: GatewayMetrics,
      log: Logger,
    ) => {
      if (clerk.authorizedParties.length === 0) {
        log.warn('CLERK_AUTHORIZED_PARTIES is empty: only tokens without azp, those of native clients, are accepted');
      }
      const verified = new VerifiedTokenCache<ClerkSession>();
      keys.onChange(() => verified.flush());
      const issuers = { clerk: clerk.issuer, own: publicUrl };
      return new Authenticator({
        issuers,
        clerk: new ClerkSessionVerifier(clerk, keys),
        verified,
        directory,
        metrics,
        log,
      });
    },
  },
];

function fetchedKeys(url: string, metrics: GatewayMetrics, log: Logger): KeySource {
  return new JwksCache({
    url,
    onFetch: (error) => {
      metrics.keyFetches.inc({ result: error === undefined ? 'fetched' : 'failed' });
      if (error !== undefined) log.warn({ reason: reasonOf(error) }, "Clerk's keys could not be fetched");
    },
  });
}

/** The messages of an error and its causes: it may fail every second, and a stack each time would bury the rest. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
