import { randomUUID } from 'node:crypto';
import { displayName } from '@gatehouse/lifecycle';
import { type Pool } from 'pg';
import { type Observation } from '../../apps/user-sync/src/apply/observation/observation';
import { newReferralCode } from '../../apps/user-sync/src/user-rows/referral-code';
import { type Expected } from './apply-load';

/** A batch whose decisions are known in advance. */
export interface BareBatch {
  /** One row for each user, with its last content and version. */
  readonly users: readonly Record<string, unknown>[];
  /** Ids of new users, which need a write-back. */
  readonly newUserIds: readonly string[];
  /** One row for each event. */
  readonly events: readonly Record<string, unknown>[];
}

const UPSERT = `
  INSERT INTO users (id, clerk_user_id, auth_provider, is_synced, role, referral_code, clerk_updated_at, content_hash,
    email, email_verified, phone_number, phone_verified, first_name, last_name, full_name, username, profile_image_url,
    clerk_banned, clerk_deprovisioned, last_login_at, last_logout_at, last_active_at)
  SELECT id, clerk_user_id, 'clerk', true, 'user', referral_code, clerk_updated_at, content_hash, email, email_verified,
    phone_number, phone_verified, first_name, last_name, full_name, username, profile_image_url, clerk_banned,
    clerk_deprovisioned, last_login_at, last_logout_at, last_active_at
  FROM jsonb_to_recordset($1) AS new(id uuid, clerk_user_id text, referral_code text, clerk_updated_at bigint,
    content_hash text, email text, email_verified boolean, phone_number text, phone_verified boolean, first_name text,
    last_name text, full_name text, username text, profile_image_url text, clerk_banned boolean, clerk_deprovisioned boolean,
    last_login_at timestamptz, last_logout_at timestamptz, last_active_at timestamptz)
  ON CONFLICT (clerk_user_id) DO UPDATE SET clerk_updated_at = excluded.clerk_updated_at,
    content_hash = excluded.content_hash, email = excluded.email, email_verified = excluded.email_verified,
    phone_number = excluded.phone_number, phone_verified = excluded.phone_verified, first_name = excluded.first_name,
    last_name = excluded.last_name, full_name = excluded.full_name, username = excluded.username,
    profile_image_url = excluded.profile_image_url, clerk_banned = excluded.clerk_banned,
    clerk_deprovisioned = excluded.clerk_deprovisioned, last_login_at = excluded.last_login_at,
    last_logout_at = excluded.last_logout_at, last_active_at = excluded.last_active_at, updated_at = now()
  WHERE users.clerk_updated_at < excluded.clerk_updated_at`;

const RECORD = `
  INSERT INTO applied_events (webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen,
    version_before, version_after, attempt, correlation_id)
  SELECT webhook_id, source, event_type, clerk_user_id, user_id, decision, reason, version_seen, version_before,
    version_after, attempt, correlation_id
  FROM jsonb_to_recordset($1) AS new(webhook_id text, source text, event_type text, clerk_user_id text, user_id uuid,
    decision text, reason text, version_seen bigint, version_before bigint, version_after bigint, attempt integer,
    correlation_id text)`;

const QUEUE_WRITE_BACKS = `INSERT INTO write_backs (user_id, state, reason, bulk) SELECT id, 'pending', 'create', false FROM unnest($1::uuid[]) AS id`;

/** Prepares a batch for {@link applyBare}: folds, decides and looks up before the measurement. */
export class BareBatches {
  private readonly ids = new Map<string, { userId: string; referralCode: string; version: number }>();

  of(events: readonly { readonly observation: Observation; readonly expected: Expected }[]): BareBatch {
    const users = new Map<string, Record<string, unknown>>();
    const newUserIds: string[] = [];
    const rows = events.map(({ observation, expected }) => {
      const { clerkUserId, seen, origin, activity } = observation;
      if (seen.kind !== 'event') throw new RangeError('the load may contain only events');
      const known = this.ids.get(clerkUserId);
      const user = known ?? { userId: randomUUID(), referralCode: newReferralCode('BP'), version: seen.user.version };
      const before = known === undefined ? null : user.version;
      if (known === undefined) newUserIds.push(user.userId);
      user.version = Math.max(user.version, seen.user.version);
      this.ids.set(clerkUserId, user);
      const { columns, contentHash, version } = seen.user;
      if (expected !== 'stale' && expected !== 'duplicate') {
        users.set(clerkUserId, {
          id: user.userId,
          clerk_user_id: clerkUserId,
          referral_code: user.referralCode,
          clerk_updated_at: version,
          content_hash: contentHash,
          email: columns.email,
          email_verified: columns.emailVerified,
          phone_number: columns.phoneNumber,
          phone_verified: columns.phoneVerified,
          first_name: columns.firstName,
          last_name: columns.lastName,
          full_name: displayName(columns),
          username: columns.username,
          profile_image_url: columns.profileImageUrl,
          clerk_banned: columns.clerkBanned,
          clerk_deprovisioned: columns.clerkDeprovisioned,
          last_active_at: activity.lastActiveAt === null ? null : new Date(activity.lastActiveAt).toISOString(),
        });
      }
      return {
        webhook_id: origin.id,
        source: origin.source,
        event_type: origin.eventType,
        clerk_user_id: clerkUserId,
        user_id: user.userId,
        decision: expected,
        reason: 'what was decided is known beforehand here',
        version_seen: version,
        version_before: before,
        version_after: user.version,
        attempt: origin.attempt,
        correlation_id: origin.correlationId,
      };
    });
    return { users: [...users.values()], newUserIds, events: rows };
  }
}

/** The same writes in three statements of one transaction, without reads, locks and decisions. */
export async function applyBare(pool: Pool, { users, newUserIds, events }: BareBatch): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    if (users.length > 0) await client.query({ name: 'upsert', text: UPSERT, values: [JSON.stringify(users)] });
    if (newUserIds.length > 0)
      await client.query({ name: 'queue-write-backs', text: QUEUE_WRITE_BACKS, values: [newUserIds] });
    await client.query({ name: 'record', text: RECORD, values: [JSON.stringify(events)] });
    await client.query('COMMIT');
  } finally {
    client.release();
  }
}
