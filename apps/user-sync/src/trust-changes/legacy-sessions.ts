import { randomUUID } from 'node:crypto';
import { type EnvelopeClaims, type TrustChangeReason } from '@gatehouse/contracts';
import { storableText } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type NewTrustChange } from './record-trust-changes';

/** A new legacy session: the session of a Gatehouse token. `expiresAt` is in milliseconds since the epoch. */
export interface OpenedSession {
  readonly id: string;
  readonly expiresAt: number;
}

/** Maximum lengths of the stored address and user agent. */
const MAX = { ip: 64, userAgent: 512 };

/** Converts an address and a user agent for their columns. */
export function storedOrigin(
  ip: string | undefined,
  userAgent: string | undefined,
): { readonly ip: string | null; readonly userAgent: string | null } {
  return {
    ip: ip === undefined ? null : storableText(ip, MAX.ip),
    userAgent: userAgent === undefined ? null : storableText(userAgent, MAX.userAgent),
  };
}

/**
 * Opens a legacy session. Its id becomes the `jti` of the token that the gateway mints. `origin`: where the login came
 * from.
 */
export async function openLegacySession(
  manager: EntityManager,
  of: { readonly userId: string; readonly parentSessionId: string | null; readonly ttlMs: number },
  origin: EnvelopeClaims['origin'],
): Promise<OpenedSession> {
  const id = randomUUID();
  const { ip, userAgent } = storedOrigin(origin?.sourceIp, origin?.userAgent);
  const rows = await manager.query<{ expires_at: Date }[]>(
    `INSERT INTO legacy_sessions (id, user_id, parent_session_id, expires_at, started_ip, started_user_agent)
     VALUES ($1, $2, $3, now() + $4 * interval '1 millisecond', $5, $6) RETURNING expires_at`,
    [id, of.userId, of.parentSessionId, of.ttlMs, ip, userAgent],
  );
  return { id, expiresAt: rows[0]?.expires_at.getTime() ?? 0 };
}

/** Selects the legacy sessions that match at least one of these ids. */
export interface LegacySessionsOf {
  readonly ids?: readonly string[];
  readonly userIds?: readonly string[];
  readonly parentSessionIds?: readonly string[];
}

/** Limits which of the selected sessions are closed. */
export interface ClosingLimits {
  /** Only sessions of this user. */
  readonly ofUser?: string;
  /** Not this session. */
  readonly except?: string | null;
}

/** Closes the open legacy sessions that match at least one of the ids. Returns the trust changes to record. */
export async function closeLegacySessions(
  manager: EntityManager,
  { ids = [], userIds = [], parentSessionIds = [] }: LegacySessionsOf,
  reason: TrustChangeReason,
  { ofUser, except }: ClosingLimits = {},
): Promise<NewTrustChange[]> {
  if (ids.length + userIds.length + parentSessionIds.length === 0) return [];
  // Locks the sessions in the order of their ids, so that concurrent calls do not deadlock.
  const [rows] = await manager.query<[{ id: string; user_id: string }[], number]>(
    `UPDATE legacy_sessions SET closed_at = now() WHERE id IN (
       SELECT id FROM legacy_sessions
        WHERE (id = ANY($1::uuid[]) OR user_id = ANY($2::uuid[]) OR parent_session_id = ANY($3::text[]))
          AND closed_at IS NULL AND expires_at > now()
          AND ($4::uuid IS NULL OR user_id = $4) AND ($5::uuid IS NULL OR id <> $5)
        ORDER BY id FOR UPDATE)
     RETURNING id, user_id`,
    [ids, userIds, parentSessionIds, ofUser ?? null, except ?? null],
  );
  return rows.map(({ id, user_id }) => ({ kind: 'legacy_session', sessionId: id, userId: user_id, reason }));
}
