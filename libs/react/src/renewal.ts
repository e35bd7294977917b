import { type Me } from './account';

/** Timers overflow after 25 days, and months are longer. */
const MAX_MS = 24 * 3_600_000;
/** Renewals are spread over so long, so that not everybody comes at once. */
const SPREAD_MS = 60_000;

/**
 * How long to wait before quotas are fetched for their new month, of which the stream tells nothing; milliseconds. A day
 * at most, after which it is asked again. False without quotas.
 * @param random from 0 to 1
 */
export function renewalMs(me: Pick<Me, 'quotas'> | undefined, now: number, random: number): number | false {
  if (!me?.quotas) return false;
  const left = Date.parse(me.quotas.tokens.renewsAt) - now;
  return Math.min(Math.max(left, 0) + 1_000 + random * SPREAD_MS, MAX_MS);
}
