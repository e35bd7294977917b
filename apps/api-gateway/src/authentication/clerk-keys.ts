import { JwksCache, type KeySource } from '@gatehouse/auth';
import { type ReadinessCheck } from '@gatehouse/observability';
import { type Logger } from 'pino';
import { type Live } from '@gatehouse/config';
import { type GatewayConfig } from '../config';
import { type GatewayMetrics } from '../metrics/gateway-metrics';
import { type MonotonicClock } from '../trust/steady-clock';

/** Creates the source of Clerk's signing keys: the pinned key if `CLERK_JWT_KEY` is set, else the fetched key set. */
export function clerkKeys(
  { clerk }: GatewayConfig,
  metrics: GatewayMetrics,
  log: Logger,
  now: MonotonicClock,
): KeySource {
  return clerk.jwtKey === undefined ? fetchedKeys(clerk.jwksUrl, metrics, log, now) : pinnedKeys(clerk.jwtKey);
}

/**
 * Returns the readiness check of Clerk's keys: passes when a key is known. While none is known, each check fetches the
 * key set.
 */
export function keysReadiness(keys: KeySource): ReadinessCheck {
  return { name: 'clerk-keys', check: () => keys.load() };
}

/** Source of the pinned key, which may be replaced while the gateway runs. */
function pinnedKeys(pinned: Live<KeySource>): KeySource {
  return {
    find: (kid) => pinned.current.find(kid),
    findSuccessor: (kid, known) => pinned.current.findSuccessor(kid, known),
    load: () => pinned.current.load(),
    onChange: (listener) => pinned.onChange(() => listener()),
  };
}

function fetchedKeys(url: string, metrics: GatewayMetrics, log: Logger, now: MonotonicClock): KeySource {
  // A fetch may fail every second, so the same reason is logged once.
  let lastReason: string | undefined;
  return new JwksCache({
    url,
    now,
    onFetch: (error) => {
      metrics.keyFetches.inc({ result: error === undefined ? 'fetched' : 'failed' });
      const reason = error === undefined ? undefined : reasonOf(error);
      if (reason !== undefined && reason !== lastReason) {
        log.warn({ reason }, "fetching Clerk's signing keys failed; retrying");
      }
      if (reason === undefined && lastReason !== undefined) log.info("Clerk's signing keys were fetched");
      lastReason = reason;
    },
  });
}

/** Joins the messages of an error and its causes, without stacks. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  return error.cause === undefined ? error.message : `${error.message}: ${reasonOf(error.cause)}`;
}
