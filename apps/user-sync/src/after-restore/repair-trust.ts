import { randomUUID } from 'node:crypto';
import { type EnvelopeClaims, type TrustChange, usersStream } from '@gatehouse/contracts';
import { requestNewEpoch } from '@gatehouse/relay';
import { type DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../audit/audit-log/record-audit';
import { type NewTrustChange, recordTrustChanges } from '../trust-changes/record-trust-changes';
import { signOutAllHere } from '../trust-changes/sign-out-here';

/** What a repair has changed, and what it leaves to a person. */
export interface TrustRepair {
  readonly keysRevoked: number;
  /** API keys that are valid after the repair. */
  readonly keysValid: number;
  readonly sessionsEnded: number;
  readonly signedOut: number;
  readonly signedOutEverywhere: number;
  readonly linksDeleted: number;
  readonly passwordsRemoved: number;
  readonly deactivated: number;
  /** Ids of the users whose role was changed after the backup. A trust change does not say which role. */
  readonly roles: readonly string[];
  /** Open promises of the admin role; some may have been used or cancelled after the backup. */
  readonly promises: number;
  /** The queued reconcile run; null when one was queued already. */
  readonly runId: string | null;
}

const VALID = `revoked_at IS NULL AND coalesce(least(expires_at, grace_ends_at) > now(), true)`;

/**
 * Repeats what ended trust after the backup, in one transaction:
 * - API keys that were revoked or rotated are revoked; with `revokesAllKeys`, every valid key.
 * - Every Gatehouse session ends, and every set-password link is deleted: those that have ended are not known.
 * - Clerk sessions that were signed out here, or ended at Clerk, are signed out. For users who signed out everywhere, the
 *   sign-out at Clerk is queued again, with its time.
 * - Users whose last such change was a deactivation are deactivated.
 * - Passwords that were replaced are removed.
 * - The stream of user changes is purged and written anew under a new epoch, because it may be newer than the database.
 *
 * Bans and deletions are not repeated: the reconcile run, which is queued, finds them at Clerk.
 */
export function repairTrust(
  dataSource: DataSource,
  changes: readonly TrustChange[],
  revokesAllKeys: boolean,
): Promise<TrustRepair> {
  const by = { rid: `after-restore-${randomUUID()}`, principal: null, origin: undefined };
  return dataSource.transaction(async (manager) => {
    const keys = changes.flatMap((change) => (change.kind === 'api_key' ? [change.keyId] : []));
    const revoked = await revokeKeys(manager, by, revokesAllKeys ? null : keys);
    const sessions = await endSessions(manager);
    const atClerk = changes.filter((change) => change.kind === 'clerk_session');
    const signedOut = await signOutAllHere(manager, atClerk);
    const everywhere = await signOutEverywhere(manager, changes);
    const deactivated = await deactivate(manager, by, changes);
    const replaced = changes.filter(({ reason }) => reason === 'password_set').flatMap(userOf);
    const passwordsRemoved = await affected(
      manager,
      `UPDATE users SET hashed_password = NULL, updated_at = now()
        WHERE id = ANY($1::uuid[]) AND auth_provider = 'local' AND hashed_password IS NOT NULL`,
      [replaced],
    );
    const linksDeleted = await affected(manager, 'DELETE FROM password_tokens');
    await requestNewEpoch(manager, usersStream.name);
    const rolesChanged = changes.filter(({ reason }) => reason === 'role').flatMap(userOf);
    const repair = {
      keysRevoked: revoked.length,
      keysValid: await count(manager, `SELECT count(*)::int AS n FROM api_keys WHERE ${VALID}`),
      sessionsEnded: sessions.length,
      signedOut: signedOut.length,
      signedOutEverywhere: everywhere.length,
      linksDeleted,
      passwordsRemoved,
      deactivated: deactivated.length,
      roles: [...new Set(rolesChanged)],
      promises: await count(manager, `SELECT count(*)::int AS n FROM admin_promises WHERE state = 'open'`),
      runId: await queueReconcileRun(manager),
    };
    await recordTrustChanges(manager, [...revoked, ...sessions, ...signedOut, ...everywhere, ...deactivated]);
    return repair;
  });
}

type By = Pick<EnvelopeClaims, 'rid' | 'principal' | 'origin'>;

/** Revokes these valid keys; all with null. */
async function revokeKeys(manager: EntityManager, by: By, ids: readonly string[] | null): Promise<NewTrustChange[]> {
  const [rows] = await manager.query<[{ id: string; user_id: string }[], number]>(
    `UPDATE api_keys SET revoked_at = now() WHERE ${VALID} AND ($1::uuid[] IS NULL OR id = ANY($1)) RETURNING id, user_id`,
    [ids],
  );
  for (const { id, user_id: userId } of rows) {
    await recordAudit(manager, by, { action: 'key.revoke', userId, subject: id, reason: 'after_restore' });
  }
  return rows.map(({ id, user_id: userId }) => ({ kind: 'api_key', keyId: id, userId, reason: 'revoked' }) as const);
}

async function endSessions(manager: EntityManager): Promise<NewTrustChange[]> {
  const [rows] = await manager.query<[{ id: string; user_id: string }[], number]>(
    `UPDATE legacy_sessions SET closed_at = now() WHERE closed_at IS NULL AND expires_at > now() RETURNING id, user_id`,
  );
  return rows.map(({ id, user_id: userId }) => {
    return { kind: 'legacy_session', sessionId: id, userId, reason: 'signed_out' } as const;
  });
}

/** Queues the last sign-out everywhere of each user. The sessions that it kept at the time are not known: all end. */
async function signOutEverywhere(manager: EntityManager, changes: readonly TrustChange[]): Promise<NewTrustChange[]> {
  const last = new Map(
    changes.flatMap((change) => {
      if (change.kind !== 'user' || change.reason !== 'signed_out' || change.clerkUserId === null) return [];
      return [[change.clerkUserId, change] as const];
    }),
  );
  await manager.query(
    `INSERT INTO clerk_sign_outs (clerk_user_id, session_id, before)
     SELECT id, '', to_timestamp(at / 1000.0) FROM unnest($1::text[], $2::bigint[]) AS made(id, at)
     ON CONFLICT (clerk_user_id, session_id) DO UPDATE
       SET before = greatest(clerk_sign_outs.before, excluded.before), kept = '{}', due_at = now()`,
    [[...last.keys()], [...last.values()].map(({ at }) => at)],
  );
  return [...last.values()].map(({ userId, clerkUserId }) => {
    return { kind: 'user', userId, clerkUserId, reason: 'signed_out' } as const;
  });
}

async function deactivate(manager: EntityManager, by: By, changes: readonly TrustChange[]): Promise<NewTrustChange[]> {
  const last = new Map<string, string>();
  for (const change of changes) {
    if (change.kind === 'user' && ['activated', 'deactivated'].includes(change.reason)) {
      last.set(change.userId, change.reason);
    }
  }
  const ids = [...last].filter(([, reason]) => reason === 'deactivated').map(([id]) => id);
  const [rows] = await manager.query<[{ id: string; clerk_user_id: string | null }[], number]>(
    `UPDATE users SET is_active = false, updated_at = now() WHERE id = ANY($1::uuid[]) AND is_active
     RETURNING id, clerk_user_id`,
    [ids],
  );
  for (const { id } of rows) {
    await recordAudit(manager, by, { action: 'user.deactivate', userId: id, reason: 'after_restore' });
  }
  return rows.map(({ id, clerk_user_id: clerkUserId }) => {
    return { kind: 'user', userId: id, clerkUserId, reason: 'deactivated' } as const;
  });
}

async function queueReconcileRun(manager: EntityManager): Promise<string | null> {
  const rows = await manager.query<{ id: string }[]>(
    `INSERT INTO reconcile_runs (id, state, trigger) VALUES ($1, 'queued', 'admin') ON CONFLICT DO NOTHING RETURNING id`,
    [randomUUID()],
  );
  return rows[0]?.id ?? null;
}

function userOf(change: TrustChange): string[] {
  return 'userId' in change ? [change.userId] : [];
}

async function affected(manager: EntityManager, text: string, values: readonly unknown[] = []): Promise<number> {
  const [, rows] = await manager.query<[unknown, number]>(text, [...values]);
  return rows;
}

async function count(manager: EntityManager, text: string): Promise<number> {
  const [row] = await manager.query<{ n: number }[]>(text);
  return row?.n ?? 0;
}
