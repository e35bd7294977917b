import { type EntityManager } from 'typeorm';

/** What tells one token from all others, and when it ends; milliseconds. */
export interface ExchangeToken {
  readonly id: string;
  readonly sessionId: string;
  readonly expiresAt: number;
}

/** Kept somewhat beyond the token's end: clocks differ. */
const KEPT_LONGER_MS = 60_000;

/** Whether a token was exchanged already. */
export async function isUsed(manager: EntityManager, token: ExchangeToken): Promise<boolean> {
  const rows = await manager.query<unknown[]>('SELECT FROM used_exchange_tokens WHERE token_id = $1', [keyOf(token)]);
  return rows.length > 0;
}

/** Uses a token up; false when it is used up already. */
export async function spendToken(manager: EntityManager, token: ExchangeToken): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO used_exchange_tokens (token_id, expires_at)
     VALUES ($1, greatest(to_timestamp($2::float8 / 1000), now()) + $3 * interval '1 millisecond')
     ON CONFLICT DO NOTHING RETURNING token_id`,
    [keyOf(token), token.expiresAt, KEPT_LONGER_MS],
  );
  return rows.length > 0;
}

/** Ids are unique within a session as far as anybody promises. */
function keyOf({ id, sessionId }: ExchangeToken): string {
  return `${sessionId}:${id}`;
}
