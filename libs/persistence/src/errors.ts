/** The database did not answer in time when the service started. */
export class DatabaseUnreachableError extends Error {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(cause: unknown) {
    super('the database does not answer', { cause });
    this.name = 'DatabaseUnreachableError';
  }
}

/** The database cannot be used as DATABASE_URL names it; waiting does not help. The message shows no value. */
export class DatabaseUnusableError extends Error {
  readonly code = 'DATABASE_UNUSABLE';

  constructor(reason: string) {
    super(`cannot connect to the database: ${reason}`);
    this.name = 'DatabaseUnusableError';
  }
}

/** The database lacks migrations of this build; the message names the first one and the command that applies them. */
export class SchemaOutdatedError extends Error {
  readonly code = 'SCHEMA_OUTDATED';

  constructor(service: string, missing: readonly string[]) {
    const [first = '', ...others] = missing;
    const more = others.length === 0 ? '' : ` and ${others.length} later migration${others.length === 1 ? '' : 's'}`;
    super(
      `the database lacks ${first}${more}: run "node dist/apps/${service}/src/migrate.js" with the URL of its owner in DATABASE_URL`,
    );
    this.name = 'SchemaOutdatedError';
  }
}

/** The service's role cannot read which migrations were applied. */
export class SchemaUnreadableError extends Error {
  readonly code = 'SCHEMA_UNREADABLE';

  constructor() {
    super('the role in DATABASE_URL cannot read the table "migrations" (42501): grant it SELECT on that table');
    this.name = 'SchemaUnreadableError';
  }
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** PostgreSQL's five-character error code, wherever TypeORM or pg put it. */
export function sqlState(error: unknown): string | undefined {
  for (const { code, driverError } of causes(error)) {
    for (const candidate of [driverError?.code, code]) {
      if (typeof candidate === 'string' && SQLSTATE.test(candidate) && !candidate.startsWith('E')) return candidate;
    }
  }
  return undefined;
}

/** A deadlock or serialization failure: the same transaction may be tried again at once. */
export function isTransactionConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40P01' || state === '40001';
}

/** A unique index refused the row. */
export function isUniqueViolation(error: unknown): boolean {
  return sqlState(error) === '23505';
}

/**
 * The database as a whole is away — no connection, shutting down, out of connections or of disk — rather than this
 * statement being wrong.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html (classes 08, 53, 57P)
 */
export function isDatabaseAway(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return /^(08|53|57P)/.test(state) || state === '58030';
  for (const { code, message } of causes(error)) {
    if (typeof code === 'string' && CONNECTION_CODES.has(code)) return true;
    if (typeof message === 'string' && CONNECTION_MESSAGES.test(message)) return true;
  }
  return false;
}

const CONNECTION_CODES = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'EHOSTDOWN',
  'ENETUNREACH',
  'ENETDOWN',
  'ECONNABORTED',
]);
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|Client has encountered a connection error|Query read timeout/i;

/** What an error of pg, TypeORM or Node may carry. */
export interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  readonly driverError?: { readonly code?: unknown };
}

/** The error and what caused it; by shape, because an error of Node's own is no `Error` of another realm (Jest's). */
export function* causes(error: unknown): Generator<ErrorLike> {
  for (let current = error; typeof current === 'object' && current !== null; current = (current as ErrorLike).cause) {
    yield current;
  }
}
