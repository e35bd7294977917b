import { isTlsFailure } from '@gatehouse/observability';
import { causes, sqlState } from './sql-state';

/**
 * Why PostgreSQL or a pooler rejects connections: SQLSTATE, pattern of the message (one SQLSTATE can have several
 * meanings), and the reason to show to operators. DATABASE_URL in it stands for the variable with the URL. The first
 * match counts.
 */
const REFUSALS: readonly (readonly [state: string, message: RegExp, reason: string])[] = [
  ['28P01', /./, 'PostgreSQL rejected the user name or the password in DATABASE_URL'],
  ['28000', /no pg_hba\.conf entry.*no encryption/, 'pg_hba.conf allows no connection without TLS'],
  ['28000', /no pg_hba\.conf entry/, 'pg_hba.conf has no entry for this host, user and database'],
  ['28000', /does not exist/, 'the role in DATABASE_URL does not exist'],
  ['28000', /not permitted to log in/, 'the role in DATABASE_URL is not permitted to log in'],
  ['28000', /./, 'PostgreSQL rejected the login in DATABASE_URL'],
  ['3D000', /./, 'the database in DATABASE_URL does not exist'],
  ['42501', /./, 'the role in DATABASE_URL lacks the CONNECT privilege on its database'],
  // PgBouncer reports rejected logins as protocol violations.
  ['08P01', /password authentication failed|no such user/, 'the pooler rejected the user name or the password'],
  ['08P01', /no such database/, 'the pooler does not know the database in DATABASE_URL'],
];

/** Whether the server refuses this login. */
export function isLoginRefused(error: unknown): boolean {
  return loginRefusal(error, '') !== undefined;
}

/**
 * Why the server refuses this login, as the end of a sentence; undefined for every other failure.
 * @param variable name of the variable with the URL
 */
export function loginRefusal(error: unknown, variable: string): string | undefined {
  const state = sqlState(error);
  for (const { message } of causes(error)) {
    const text = typeof message === 'string' ? message : '';
    const refusal = REFUSALS.find(([known, pattern]) => known === state && pattern.test(text));
    if (refusal !== undefined) return `${refusal[2].replace('DATABASE_URL', variable)} (${refusal[0]})`;
    if (/^SASL.*password must be/.test(text)) return `PostgreSQL asks for a password and ${variable} has none`;
  }
  return undefined;
}

/**
 * Why a database rejects this connection, as the end of a sentence; undefined for failures that may be transient.
 * @param variable name of the variable with the URL
 * @see https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
export function refusalReason(error: unknown, variable: string): string | undefined {
  const refusal = loginRefusal(error, variable);
  if (refusal !== undefined) return refusal;
  for (const { code, message } of causes(error)) {
    const text = typeof message === 'string' ? message : '';
    if (/does not support SSL/.test(text)) return 'the server does not support TLS: remove DATABASE_CA_FILE';
    if (code === 'ENOTFOUND') return `the host in ${variable} cannot be resolved (ENOTFOUND)`;
    if (isTlsFailure(code)) return `the server's certificate cannot be verified (${code}): check DATABASE_CA_FILE`;
  }
  return undefined;
}
