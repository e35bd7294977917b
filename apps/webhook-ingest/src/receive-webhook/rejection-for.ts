import { type Rejection } from '@gatehouse/http-edge';
import { type Logger } from 'pino';
import { DeliveryRejectedError, LedgerUnavailableError } from '../errors';

/** Value of `Retry-After`; seconds. Svix, which sends Clerk's webhooks, honours it. */
const RETRY_AFTER_S = 5;

/** The rejection for an error of a delivery; undefined for an unexpected error, which the edge logs. */
export function rejectionFor(error: unknown, log: Logger): Rejection | undefined {
  if (error instanceof DeliveryRejectedError) {
    const { status, reason, message } = error;
    return { status, code: reason, detail: message, ...(status === 405 && { headers: { Allow: 'POST' } }) };
  }
  if (!(error instanceof LedgerUnavailableError)) return undefined;
  // Logged at debug level: the ledger already logs an outage once for each group of deliveries.
  log.debug({ err: error }, 'delivery not recorded');
  return {
    status: 503,
    code: 'unavailable',
    detail: 'The delivery could not be recorded. Send it again.',
    headers: { 'Retry-After': String(RETRY_AFTER_S) },
  };
}
