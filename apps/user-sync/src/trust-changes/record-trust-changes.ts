import { type TrustChangeReason } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';

/** A trust change without its number; `trustChangeSchema` of the contracts explains each kind. */
export type NewTrustChange = { readonly reason: TrustChangeReason } & (
  | { readonly kind: 'user'; readonly userId: string; readonly clerkUserId: string | null }
  | { readonly kind: 'api_key'; readonly keyId: string; readonly userId: string }
  | { readonly kind: 'clerk_session'; readonly sessionId: string; readonly clerkUserId: string }
  | { readonly kind: 'legacy_session'; readonly sessionId: string; readonly userId: string }
);

/**
 * Numbers trust changes and stores them, in the transaction that makes them. Returns the last number; null without
 * changes. The counter's row stays locked until the commit, so that numbers have no gaps and become visible in order.
 * Must be the transaction's last statement: a transaction that holds this lock delays all other trust changes, so it
 * must not wait for further locks.
 */
export async function recordTrustChanges(
  manager: EntityManager,
  changes: readonly NewTrustChange[],
): Promise<number | null> {
  if (changes.length === 0) return null;
  const rows = await manager.query<{ number: string }[]>(
    `WITH counter AS (UPDATE change_counter SET number = number + $1::int RETURNING number),
          made AS (
            INSERT INTO changes (number, kind, reason, user_id, clerk_user_id, key_id, session_id)
            SELECT counter.number - $1::int + new.place, new.kind, new.reason, new.user_id, new.clerk_user_id,
                   new.key_id, new.session_id
              FROM counter,
                   ROWS FROM (jsonb_to_recordset($2) AS (kind text, reason text, user_id uuid, clerk_user_id text,
                     key_id uuid, session_id text)) WITH ORDINALITY
                     AS new(kind, reason, user_id, clerk_user_id, key_id, session_id, place))
     SELECT number FROM counter`,
    [changes.length, JSON.stringify(changes.map(toRow))],
  );
  return Number(rows[0]?.number);
}

/**
 * The number of the last committed trust change. Read it before the users, keys or sessions that are returned with it.
 * They then show every trust change up to this number.
 */
export async function lastTrustChangeNumber(manager: EntityManager): Promise<number> {
  const rows = await manager.query<{ number: string }[]>('SELECT number FROM change_counter');
  return Number(rows[0]?.number ?? 0);
}

function toRow(change: NewTrustChange): Record<string, unknown> {
  return {
    kind: change.kind,
    reason: change.reason,
    user_id: 'userId' in change ? change.userId : null,
    clerk_user_id: 'clerkUserId' in change ? change.clerkUserId : null,
    key_id: 'keyId' in change ? change.keyId : null,
    session_id: 'sessionId' in change ? change.sessionId : null,
  };
}
