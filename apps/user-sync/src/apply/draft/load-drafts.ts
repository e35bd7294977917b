import { type Role, type WriteBackState } from '@gatehouse/contracts';
import {
  type BarringField,
  type FieldSinceVersion1,
  barringFields,
  clerkOwnedColumns,
  fieldsSinceVersion1,
} from '@gatehouse/lifecycle';
import { type Statement, runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { clerkOwnedValues } from '../../clerk-user/content-hash';
import { type RowMarker } from '../observation/observation';
import { type StoredUser, type UserDraft, draftOf, markerOf } from './user-draft';

type LoadedField = BarringField | FieldSinceVersion1;

/**
 * Clerk-owned columns whose values are loaded. For all others, loading the content hash is enough.
 * - `barringFields` (ban, deprovisioning): `endTrust` compares them with the values that the batch writes, because a
 *   change ends or restores trust.
 * - `fieldsSinceVersion1`: columns that the first kind of content hash, content version 1, does not cover. A row may
 *   still have such a hash, so these columns are compared by value.
 */
const loadedFields: readonly LoadedField[] = [...new Set<LoadedField>([...barringFields, ...fieldsSinceVersion1])];
const loadedColumns = loadedFields.map((field) => clerkOwnedColumns[field].column);

interface Row extends Readonly<Record<(typeof clerkOwnedColumns)[LoadedField]['column'], string | boolean | null>> {
  clerk_user_id: string;
  user_id: string | null;
  version: string | null;
  content_hash: string | null;
  tombstoned: boolean;
  open_conflict: boolean;
  clerk_locked: boolean | null;
  clerk_lockout_expires_at: Date | null;
  last_login_at: Date | null;
  last_logout_at: Date | null;
  last_active_at: Date | null;
  role: Role | null;
  write_back_state: WriteBackState | null;
  metadata_seen: string | null;
}

/** Loads a draft for each of these Clerk ids. */
export function loadDrafts(clerkUserIds: Iterable<string>): Statement<Map<string, UserDraft>> {
  return {
    name: 'load-drafts',
    // LATERAL makes PostgreSQL look up each id in the index. A join could be planned as a table scan while the table is
    // small, and PostgreSQL keeps such a plan when the table grows. The batch transaction turns scans off, but this
    // query also runs in other transactions.
    text: `SELECT asked.id AS clerk_user_id, u.id AS user_id, u.clerk_updated_at AS version, u.content_hash,
            t.clerk_user_id IS NOT NULL OR u.deleted_at IS NOT NULL AS tombstoned,
            EXISTS (SELECT FROM user_conflicts c WHERE c.claimant = asked.id AND c.resolved_at IS NULL) AS open_conflict,
            ${loadedColumns.map((column) => `u.${column}`).join(', ')}, u.clerk_locked, u.clerk_lockout_expires_at,
            u.last_login_at, u.last_logout_at, u.last_active_at, u.role,
            w.state AS write_back_state, w.seen AS metadata_seen
       FROM unnest($1::text[]) AS asked(id)
       LEFT JOIN LATERAL (SELECT id, clerk_updated_at, content_hash, deleted_at, ${loadedColumns.join(', ')},
                                 clerk_locked, clerk_lockout_expires_at, last_login_at,
                                 last_logout_at, last_active_at, role
                            FROM users WHERE clerk_user_id = asked.id LIMIT 1) AS u ON true
       LEFT JOIN LATERAL (SELECT state, seen FROM write_backs WHERE user_id = u.id LIMIT 1) AS w ON true
       LEFT JOIN LATERAL (SELECT clerk_user_id FROM clerk_tombstones WHERE clerk_user_id = asked.id LIMIT 1) AS t ON true`,
    values: [[...new Set(clerkUserIds)]],
    read: (rows: Row[]) => new Map(rows.map((row) => [row.clerk_user_id, draftOf(toStored(row))])),
  };
}

/** Reads the marker of a user's row, to find out later whether the row has changed. */
export async function readMarker(manager: EntityManager, clerkUserId: string): Promise<RowMarker> {
  const [drafts] = await runStatements(manager, [loadDrafts([clerkUserId])]);
  const draft = drafts.get(clerkUserId);
  return draft === undefined ? 'absent' : markerOf(draft);
}

function toStored(row: Row): StoredUser {
  return {
    ...clerkOwnedValues(loadedFields, row),
    clerkUserId: row.clerk_user_id,
    userId: row.user_id,
    version: row.version === null ? null : Number(row.version),
    contentHash: row.content_hash,
    tombstoned: row.tombstoned,
    openConflict: row.open_conflict,
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
