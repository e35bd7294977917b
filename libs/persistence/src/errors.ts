import { codedError } from '@gatehouse/errors';
import { SQL_STATE } from './sql-state';

/** The database did not accept a connection in time when the service started. */
export class DatabaseUnreachableError extends codedError(
  'DATABASE_UNREACHABLE',
  'The database in DATABASE_URL does not answer.',
) {}

/**
 * The database in `DATABASE_URL` rejects the connection; a retry does not help. The message does not repeat the URL.
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
