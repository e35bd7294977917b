import { type EnvelopeClaims, type ReferralRejection } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type AuditNote, recordAudit } from '../../audit/audit-log/record-audit';
import { mayActSql } from '../../user-rows/may-act';
import { spellingsOf } from '../../user-rows/referral-code';
import { canUseCodeSql } from './referral-window';

/** A user, and the code of the other user who referred it. */
export interface GivenReferral {
  readonly userId: string;
  readonly code: string;
  /** Prefix of a code that was typed without one. */
  readonly prefix: string;
  /** The user who acted; needed at logins, where the envelope has no principal. */
  readonly actor?: AuditNote['actor'];
}

/**
 * Records who referred a user, with an audit entry. Returns null when it is recorded, also by an earlier call with the
 * same code; otherwise why the code was rejected. Run it in a transaction that is repeated on deadlocks.
 */
export async function recordReferral(
  manager: EntityManager,
  envelope: Pick<EnvelopeClaims, 'rid' | 'principal' | 'origin'>,
  { userId, code, prefix, actor }: GivenReferral,
): Promise<ReferralRejection | null> {
  const spellings = spellingsOf(code, prefix);
  const owner = await findOwner(manager, spellings);
  await lockBoth(manager, userId, owner);
  const rejection = await check(manager, { userId, owner, spellings });
  if (rejection === 'recorded') return null;
  if (rejection !== undefined) return rejection;
  await manager.query('UPDATE users SET referred_by = $2, referred_at = now() WHERE id = $1', [userId, owner]);
  await recordAudit(manager, envelope, { action: 'referral.use', userId, subject: owner, ...(actor && { actor }) });
  return null;
}

async function findOwner(manager: EntityManager, spellings: readonly string[]): Promise<string | undefined> {
  const [owner] = await manager.query<{ id: string }[]>(
    'SELECT id FROM users WHERE referral_code = ANY($1::text[]) ORDER BY array_position($1::text[], referral_code) LIMIT 1',
    [spellings],
  );
  return owner?.id;
}

/**
 * Locks both users in the order of their ids: two users who use each other's code at once wait for each other, and the
 * second is rejected. The owner is locked in share mode, so that many users can use one code at once.
 */
async function lockBoth(manager: EntityManager, userId: string, owner: string | undefined): Promise<void> {
  const ids = owner === undefined || owner === userId ? [userId] : [userId, owner].sort();
  for (const id of ids) {
    await manager.query(`SELECT FROM users WHERE id = $1 FOR ${id === userId ? 'NO KEY UPDATE' : 'SHARE'}`, [id]);
  }
}

interface Asked {
  readonly userId: string;
  readonly owner: string | undefined;
  readonly spellings: readonly string[];
}

interface Found {
  readonly own_code: string;
  readonly used_code: string | null;
  readonly can_use_code: boolean;
  /** Whether the owner may act. */
  readonly owner_acts: boolean;
  readonly mutual: boolean;
}

/**
 * Why the code is rejected; undefined if it is not. What the user itself prevents comes first, so that a user who
 * cannot use any code learns nothing about codes.
 */
async function check(
  manager: EntityManager,
  { userId, owner, spellings }: Asked,
): Promise<ReferralRejection | 'recorded' | undefined> {
  const [found] = await manager.query<Found[]>(
    `SELECT u.referral_code AS own_code, used.referral_code AS used_code, ${canUseCodeSql} AS can_use_code,
            owner.id IS NOT NULL AS owner_acts, coalesce(owner.referred_by = u.id, false) AS mutual
       FROM users u
       LEFT JOIN users used ON used.id = u.referred_by
       LEFT JOIN (SELECT id, referred_by FROM users WHERE id = $2 AND deleted_at IS NULL AND ${mayActSql}) AS owner ON true
      WHERE u.id = $1`,
    [userId, owner ?? null],
  );
  if (found === undefined) return 'referral_code_unknown';
  if (found.used_code !== null) return spellings.includes(found.used_code) ? 'recorded' : 'referral_used';
  if (spellings.includes(found.own_code)) return 'referral_own_code';
  if (!found.can_use_code) return 'referral_too_late';
  if (!found.owner_acts) return 'referral_code_unknown';
  return found.mutual ? 'referral_mutual' : undefined;
}
