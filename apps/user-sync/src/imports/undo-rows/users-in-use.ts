import { type EntityManager } from 'typeorm';

/**
 * Ids of users whom somebody uses or has filled in: who have logged in, have a password, a session or an API key, a
 * referral, or what only they or SQL can set in a profile.
 */
export async function usersInUse(manager: EntityManager, userIds: readonly string[]): Promise<ReadonlySet<string>> {
  const found = await manager.query<{ id: string }[]>(
    `SELECT id FROM users AS u WHERE id = ANY($1::uuid[])
        AND (last_login_at IS NOT NULL OR first_login_at IS NOT NULL OR hashed_password IS NOT NULL
          OR referred_by IS NOT NULL OR bio IS NOT NULL OR website IS NOT NULL OR social_links <> '{}'
          OR EXISTS (SELECT FROM users WHERE referred_by = u.id)
          OR EXISTS (SELECT FROM password_tokens WHERE user_id = u.id)
          OR EXISTS (SELECT FROM api_keys WHERE user_id = u.id)
          OR EXISTS (SELECT FROM legacy_sessions WHERE user_id = u.id))`,
    [userIds],
  );
  return new Set(found.map(({ id }) => id));
}
