import { type ParsedRequestOf, type spendConsoleCode } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';

/** Time in milliseconds for which a spent code is kept after its expiry, because the clocks of servers differ. */
const KEPT_LONGER_MS = 60_000;

/**
 * Marks a code as spent; false when it was spent before. The row stands beside those of exchanged Clerk tokens, which
 * begin with a session id of Clerk; the pruner deletes both kinds.
 */
export async function spendCode(
  manager: EntityManager,
  { id, expiresAt }: ParsedRequestOf<typeof spendConsoleCode>,
): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    `INSERT INTO used_exchange_tokens (token_id, expires_at, used_at)
     VALUES ($1, greatest(to_timestamp($2::float8 / 1000), now()) + $3 * interval '1 millisecond', now())
     ON CONFLICT DO NOTHING RETURNING token_id`,
    [`console:${id}`, expiresAt, KEPT_LONGER_MS],
  );
  return rows.length > 0;
}
