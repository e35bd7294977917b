/** The database did not answer in time when the service started. */
export class DatabaseUnreachableError extends Error {
  readonly code = 'DATABASE_UNREACHABLE';

  constructor(cause: unknown) {
    super('the database does not answer', { cause });
    this.name = 'DatabaseUnreachableError';
  }
}

const SQLSTATE = /^[0-9A-Z]{5}$/;

/** PostgreSQL's five-character error code, wherever TypeORM or pg put it. */
export function sqlState(error: unknown): string | undefined {
  for (let current = error; current instanceof Object; current = (current as { cause?: unknown }).cause) {
    const { code, driverError } = current as { code?: unknown; driverError?: { code?: unknown } };
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
  for (let current = error; current instanceof Error; current = current.cause) {
    const { code } = current as { code?: unknown };
    if (typeof code === 'string' && CONNECTION_CODES.has(code)) return true;
    if (CONNECTION_MESSAGES.test(current.message)) return true;
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
]);
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|Client has encountered a connection error|Query read timeout/i;
