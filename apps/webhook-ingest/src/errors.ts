import { codedError } from '@gatehouse/errors';

/**
 * A signing secret is not `whsec_` followed by the base64 of at least 16 bytes. The message never contains the secret.
 */
export class SigningSecretInvalidError extends codedError('SIGNING_SECRET_INVALID', (problem: string) => problem) {}

/** The ledger cannot record now: its queue is full, or the database is unavailable or too slow. Nothing was recorded. */
export class LedgerUnavailableError extends codedError(
  'LEDGER_UNAVAILABLE',
  (reason: string) => `the ledger is unavailable: ${reason}`,
) {}

/** A delivery is rejected. `status` and `reason`, a stable code, are returned to the sender. */
export class DeliveryRejectedError extends codedError(
  'DELIVERY_REJECTED',
  (_status: number, _reason: string, detail: string) => detail,
) {
  constructor(
    readonly status: 400 | 403 | 404 | 405 | 415,
    readonly reason: string,
    detail: string,
  ) {
    super(status, reason, detail);
  }
}
