/**
 * PostgreSQL's error codes that the services act on.
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export const SQL_STATE = {
  serializationFailure: '40001',
  deadlockDetected: '40P01',
  insufficientPrivilege: '42501',
  undefinedTable: '42P01',
  uniqueViolation: '23505',
  /** Code of a canceled statement, in most cases one that exceeded `statement_timeout`. */
  queryCanceled: '57014',
  ioError: '58030',
} as const;

/**
 * Error codes that mean an unavailable database: connection exceptions (class `08`), insufficient resources (class
 * `53`), and the part `57P` of operator intervention (class `57`). Canceled queries are `57014`, so they do not match.
 */
const UNAVAILABLE_CLASSES = /^(08|53|57P)/;

/** Error codes of Node for a connection that failed or was lost. */
const CONNECTION_CODES: ReadonlySet<unknown> = new Set([
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

/** Messages of pg and pg-pool for a lost connection; these errors have no code. */
const CONNECTION_MESSAGES =
  /connection terminated|timeout exceeded when trying to connect|connection timeout|Client has encountered a connection error|Query read timeout/i;

/** PostgreSQL's five-character error code, from an error of TypeORM or pg or one of its causes; undefined without one. */
export function sqlState(error: unknown): string | undefined {
  for (const { code, driverError } of causes(error)) {
    for (const candidate of [driverError?.code, code]) {
      // The first character is not E: no SQLSTATE begins with E, but codes of Node such as `EPIPE` do.
      if (typeof candidate === 'string' && /^[0-9A-DF-Z][0-9A-Z]{4}$/.test(candidate)) return candidate;
    }
  }
  return undefined;
}

/**
 * Whether the error is a deadlock or a serialization failure, after which the same transaction can be retried at once.
 */
export function isTransactionConflict(error: unknown): boolean {
  const state = sqlState(error);
  return state === SQL_STATE.deadlockDetected || state === SQL_STATE.serializationFailure;
}

/** Whether a unique index rejected the row. `index`: the name of the index; any index if it is not given. */
export function isUniqueViolation(error: unknown, index?: string): boolean {
  if (sqlState(error) !== SQL_STATE.uniqueViolation) return false;
  return index === undefined || violatedConstraint(error) === index;
}

/** Name of the constraint or unique index that rejected a row; undefined for every other error. */
export function violatedConstraint(error: unknown): string | undefined {
  for (const { constraint, driverError } of causes(error)) {
    for (const candidate of [driverError?.constraint, constraint]) {
      if (typeof candidate === 'string') return candidate;
    }
  }
  return undefined;
}

/** Whether the statement was canceled, in most cases by `statement_timeout`. */
export function isQueryCanceled(error: unknown): boolean {
  return sqlState(error) === SQL_STATE.queryCanceled;
}

/**
 * Whether the database as a whole is unavailable; false if only this statement is at fault. Causes are a lost
 * connection, a shutdown, too many connections or a full disk.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  const state = sqlState(error);
  if (state !== undefined) return UNAVAILABLE_CLASSES.test(state) || state === SQL_STATE.ioError;
  for (const { code, message } of causes(error)) {
    if (CONNECTION_CODES.has(code)) return true;
    if (typeof message === 'string' && CONNECTION_MESSAGES.test(message)) return true;
  }
  return false;
}

/** Properties that an error of pg, TypeORM or Node may have. */
interface ErrorLike {
  readonly code?: unknown;
  readonly message?: unknown;
  readonly cause?: unknown;
  /** Name of the constraint or unique index that rejected the row. */
  readonly constraint?: unknown;
  readonly driverError?: { readonly code?: unknown; readonly constraint?: unknown };
}

/**
 * The error and its causes. Does not test `instanceof Error`: in Jest tests, errors of Node's own modules are not
 * instances of the global `Error`.
 */
export function* causes(error: unknown): Generator<ErrorLike> {
  for (let current = error; typeof current === 'object' && current !== null; current = (current as ErrorLike).cause) {
    yield current;
  }
}
