import { codedError } from '@gatehouse/errors';

/** The database rejected a statement: an error in our code. Contains neither the statement nor its values. */
export class DatabaseRefusedError extends codedError(
  'DATABASE_REFUSED',
  (state: string, constraint?: string) =>
    `PostgreSQL rejected a statement: ${state}${constraint === undefined ? '' : ` (${constraint})`}`,
) {}

/** The role of a login lets it see the rows of every user, so that row-level security would protect nobody. */
export class RowSecurityBypassedError extends codedError(
  'ROW_SECURITY_BYPASSED',
  (variable: string, reason: string) =>
    `the role in ${variable} ${reason}: use the role that create-databases.sql makes`,
) {}

/** The role that the policies of the worker name does not exist. */
export class WorkerRoleMissingError extends codedError(
  'WORKER_ROLE_MISSING',
  (role: string) => `the role ${role} does not exist: create it as deploy/postgres/create-databases.sql does`,
) {}

/** A user id that is not a UUID reached the database layer: an error in our code. */
export class UserIdInvalidError extends codedError('USER_ID_INVALID', 'the id of a user is not a UUID') {}

/** A statement of the transaction failed, and the code that sent it ignored that: an error in our code. */
export class TransactionAbortedError extends codedError(
  'TRANSACTION_ABORTED',
  'the transaction was rolled back, because one of its statements failed',
) {}

/** `CURSOR_SECRET` holds no usable secret. */
export class CursorSecretInvalidError extends codedError(
  'CURSOR_SECRET_INVALID',
  'must be one secret of 32 bytes or more, or two while one replaces the other',
) {}

/** The login of the worker does not have the rights of its role. */
export class WorkerRightsMissingError extends codedError(
  'WORKER_RIGHTS_MISSING',
  (role: string) => `the role in WORKER_DATABASE_URL is not a member of ${role}: grant it that role`,
) {}
