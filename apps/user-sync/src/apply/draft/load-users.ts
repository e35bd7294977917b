import { type Role, type WriteBackState } from '@gatehouse/contracts';
import { type Statement, runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type RowMarker } from '../observation/observation';
import { type StoredUser, UserDrafts } from './user-draft';

interface Row {
  clerk_user_id: string;
  user_id: string | null;
  version: string | null;
  content_hash: string | null;
  tombstoned: boolean;
  open_conflict: boolean;
  clerk_banned: boolean | null;
  clerk_deprovisioned: boolean | null;
  clerk_locked: boolean | null;
  clerk_lockout_expires_at: Date | null;
  last_login_at: Date | null;
  last_logout_at: Date | null;
  last_active_at: Date | null;
  role: Role | null;
  write_back_state: WriteBackState | null;
  metadata_seen: string | null;
}

/** What the database holds of these Clerk ids, ready to be folded. */
export function loadUsers(clerkUserIds: Iterable<string>): Statement<UserDrafts> {
  return {
    name: 'load-users',
    // Id by id: a plan outlives the small table that it was made for.
    text: `SELECT asked.id AS clerk_user_id, u.id AS user_id, u.clerk_updated_at AS version, u.content_hash,
            t.clerk_user_id IS NOT NULL OR u.deleted_at IS NOT NULL AS tombstoned,
            EXISTS (SELECT FROM user_conflicts c WHERE c.claimant = asked.id AND c.resolved_at IS NULL) AS open_conflict,
            u.clerk_banned, u.clerk_deprovisioned, u.clerk_locked, u.clerk_lockout_expires_at,
            u.last_login_at, u.last_logout_at, u.last_active_at, u.role,
            w.state AS write_back_state, w.seen AS metadata_seen
       FROM unnest($1::text[]) AS asked(id)
       LEFT JOIN LATERAL (SELECT id, clerk_updated_at, content_hash, deleted_at, clerk_banned,
                                 clerk_deprovisioned, clerk_locked, clerk_lockout_expires_at, last_login_at,
                                 last_logout_at, last_active_at, role
                            FROM users WHERE clerk_user_id = asked.id LIMIT 1) AS u ON true
       LEFT JOIN LATERAL (SELECT state, seen FROM write_backs WHERE user_id = u.id LIMIT 1) AS w ON true
       LEFT JOIN LATERAL (SELECT clerk_user_id FROM clerk_tombstones WHERE clerk_user_id = asked.id LIMIT 1) AS t ON true`,
    values: [[...new Set(clerkUserIds)]],
    read: (rows: Row[]) => new UserDrafts(rows.map(toStored)),
  };
}

/** What tells, later, whether the row has changed since now. */
export async function markerOf(manager: EntityManager, clerkUserId: string): Promise<RowMarker> {
  const [drafts] = await runStatements(manager, [loadUsers([clerkUserId])]);
  return drafts.of(clerkUserId).marker;
}

function toStored(row: Row): StoredUser {
  return {
    clerkUserId: row.clerk_user_id,
    userId: row.user_id,
    version: row.version === null ? null : Number(row.version),
    contentHash: row.content_hash,
    tombstoned: row.tombstoned,
    openConflict: row.open_conflict,
    clerkBanned: row.clerk_banned === true,
    clerkDeprovisioned: row.clerk_deprovisioned === true,
    lockout: { locked: row.clerk_locked === true, expiresAt: row.clerk_lockout_expires_at?.getTime() ?? null },
    role: row.role,
    writeBack: { state: row.write_back_state, seen: row.metadata_seen },
    activity: {
      lastLoginAt: row.last_login_at?.getTime() ?? null,
      lastLogoutAt: row.last_logout_at?.getTime() ?? null,
      lastActiveAt: row.last_active_at?.getTime() ?? null,
    },
  };
}
