import { randomUUID } from 'node:crypto';
import { type TrustChangeReason } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type NewChange } from './record-trust-changes';

/** A legacy session that was just opened; milliseconds. */
export interface OpenedSession {
  readonly id: string;
  readonly expiresAt: number;
}

/** Opens a legacy session; its id is the `jti` of the token that the gateway will mint. */
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

/** Which legacy sessions are to be closed. */
export interface LegacySessionsOf {
  readonly ids?: readonly string[];
  readonly userIds?: readonly string[];
  readonly parentSessionIds?: readonly string[];
}

/** Closes those that are open, in the order of their ids; gives the changes that this makes. */
export async function closeLegacySessions(
  manager: EntityManager,
  { ids = [], userIds = [], parentSessionIds = [] }: LegacySessionsOf,
  reason: TrustChangeReason,
): Promise<NewChange[]> {
  if (ids.length + userIds.length + parentSessionIds.length === 0) return [];
  // Locked in one order: two that close the same ones wait for each other and do not deadlock.
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
