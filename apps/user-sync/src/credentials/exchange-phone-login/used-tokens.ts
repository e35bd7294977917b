import { type EntityManager } from 'typeorm';
import { type OpenedSession } from '../../trust-changes/legacy-sessions';

/** A Clerk session token: its id, its session, and its expiry in milliseconds since the epoch. */
export interface ExchangeToken {
  readonly id: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Result of an exchange. */
export interface Exchanged {
  readonly session: OpenedSession;
  readonly isNewUser: boolean;
}

/** Time in milliseconds for which a row is kept after its token has expired, because the clocks of servers differ. */
const KEPT_LONGER_MS = 60_000;
/**
 * A repeated exchange within this time gets the same answer: two browser tabs, or a client that renders twice, may send
 * the same token.
 */
const REPEATABLE_FOR = '10 seconds';

/**
 * Looks up a token. Returns `unused` if it was never exchanged; the result of the exchange if that was less than 10 s
 * ago and its legacy session is still open; otherwise `used`.
 */
export async function findExchanged(
  manager: EntityManager,
  token: ExchangeToken,
): Promise<Exchanged | 'unused' | 'used'> {
  const [found] = await manager.query<ExchangedRow[]>(
    `SELECT s.id AS session_id, s.expires_at, t.is_new_user
       FROM used_exchange_tokens t
       LEFT JOIN legacy_sessions s ON s.id = t.legacy_session_id AND s.closed_at IS NULL AND s.expires_at > now()
            AND t.used_at > now() - interval '${REPEATABLE_FOR}'
      WHERE t.token_id = $1`,
    [keyOf(token)],
  );
  if (found === undefined) return 'unused';
  const { session_id: id, expires_at: expiresAt, is_new_user: isNewUser } = found;
  if (id === null || expiresAt === null || isNewUser === null) return 'used';
  return { session: { id, expiresAt: expiresAt.getTime() }, isNewUser };
}

/** Marks a token as used; false when it was used before. */
export async function spendToken(
  manager: EntityManager,
  token: ExchangeToken,
  { session, isNewUser }: Exchanged,
): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO used_exchange_tokens (token_id, expires_at, used_at, legacy_session_id, is_new_user)
     VALUES ($1, greatest(to_timestamp($2::float8 / 1000), now()) + $3 * interval '1 millisecond', now(), $4, $5)
     ON CONFLICT DO NOTHING RETURNING token_id`,
    [keyOf(token), token.expiresAt, KEPT_LONGER_MS, session.id, isNewUser],
  );
  return rows.length > 0;
}

interface ExchangedRow {
  readonly session_id: string | null;
  readonly expires_at: Date | null;
  readonly is_new_user: boolean | null;
}

/**
 * Id of the token's row. Contains the session id, because token ids are only promised to be unique within a session.
 */
function keyOf({ id, sessionId }: ExchangeToken): string {
  return `${sessionId}:${id}`;
}
