import { randomUUID } from 'node:crypto';
import { type TrustChangeReason } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type NewTrustChange } from './record-trust-changes';

/** A new legacy session: the session of a Gatehouse token. `expiresAt` is in milliseconds since the epoch. */
export interface OpenedSession {
  readonly id: string;
  readonly expiresAt: number;
}

/** Opens a legacy session. Its id becomes the `jti` of the token that the gateway mints. */
export async function openLegacySession(
  manager: EntityManager,
  of: { readonly userId: string; readonly parentSessionId: string | null; readonly ttlMs: number },
): Promise<OpenedSession> {
  const id = randomUUID();
  const rows = await manager.query<{ expires_at: Date }[]>(
    `INSERT INTO legacy_sessions (id, user_id, parent_session_id, expires_at)
     VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond') RETURNING expires_at`,
    [id, of.userId, of.parentSessionId, of.ttlMs],
  );
  return { id, expiresAt: rows[0]?.expires_at.getTime() ?? 0 };
}

/** Selects the legacy sessions that match at least one of these ids. */
export interface LegacySessionsOf {
  readonly ids?: readonly string[];
  readonly userIds?: readonly string[];
  readonly parentSessionIds?: readonly string[];
}

/** Closes the open legacy sessions that match at least one of the ids. Returns the trust changes to record. */
export async function closeLegacySessions(
  manager: EntityManager,
  { ids = [], userIds = [], parentSessionIds = [] }: LegacySessionsOf,
  reason: TrustChangeReason,
): Promise<NewTrustChange[]> {
  if (ids.length + userIds.length + parentSessionIds.length === 0) return [];
  // Locks the sessions in the order of their ids, so that concurrent calls do not deadlock.
  const [rows] = await manager.query<[{ id: string; user_id: string }[], number]>(
    `UPDATE legacy_sessions SET closed_at = now() WHERE id IN (
       SELECT id FROM legacy_sessions
        WHERE (id = ANY($1::uuid[]) OR user_id = ANY($2::uuid[]) OR parent_session_id = ANY($3::text[]))
          AND closed_at IS NULL AND expires_at > now()
        ORDER BY id FOR UPDATE)
     RETURNING id, user_id`,
    [ids, userIds, parentSessionIds],
  );
  return rows.map(({ id, user_id }) => ({ kind: 'legacy_session', sessionId: id, userId: user_id, reason }));
}
