import { codedError } from '@gatehouse/errors';
import { SQL_STATE } from './sql-state';

/** The database did not accept a connection in time when the service started. */
export class DatabaseUnreachableError extends codedError(
  'DATABASE_UNREACHABLE',
  (variable: string) => `The database in ${variable} does not answer.`,
) {}

/**
 * The database rejects the connection; a retry does not help. The message does not repeat the URL.
 */
export class DatabaseUnusableError extends codedError(
  'DATABASE_UNUSABLE',
  (reason: string) => `cannot connect to the database: ${reason}`,
) {}

/** The database lacks migrations of this build; the message names the first one and the command that applies them. */
export class SchemaOutdatedError extends codedError(
  'SCHEMA_OUTDATED',
  (service: string, missing: readonly string[]) =>
    `the database lacks ${listed(missing)}: run "node dist/apps/${service}/src/migrate.js" with the URL of its owner in DATABASE_URL`,
) {}

/** The role of the service cannot read which migrations were applied. */
export class SchemaUnreadableError extends codedError(
  'SCHEMA_UNREADABLE',
  `the role in DATABASE_URL cannot read the table "migrations" (${SQL_STATE.insufficientPrivilege}): grant it SELECT on that table`,
) {}

function listed([first = '', ...others]: readonly string[]): string {
  if (others.length === 0) return first;
  return `${first} and ${others.length} later migration${others.length === 1 ? '' : 's'}`;
}

/** A manager of TypeORM was used outside of a transaction where one is required: an error in our code. */
export class TransactionMissingError extends codedError(
  'TRANSACTION_MISSING',
  'this manager has no open transaction',
) {}

/** Messages of {@link IdempotencyRefusedError}, by reason. */
const idempotencyRefusals = {
  idempotency_key_reused: 'the idempotency key was used with another request',
  idempotency_in_progress: 'a request with this idempotency key is still in progress',
  idempotency_secret_gone: 'the secret in the stored answer can no longer be shown',
} as const;

/**
 * The refusal of a request because of its idempotency key. A service passes `reason` and `retryAfterMs` on to the caller.
 */
export class IdempotencyRefusedError extends codedError(
  'IDEMPOTENCY_REFUSED',
  (reason: keyof typeof idempotencyRefusals) => idempotencyRefusals[reason],
) {
  constructor(
    readonly reason: keyof typeof idempotencyRefusals,
    readonly retryAfterMs?: number,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** An answer is too large to be stored: an error in our code. A request that takes an idempotency key has a bounded answer. */
export class AnswerTooLargeError extends codedError(
  'ANSWER_TOO_LARGE',
  (max: number) => `the answer of a request with an idempotency key has more than ${max} bytes`,
) {}
