import { createHash, randomBytes } from 'node:crypto';
import { type EntityManager } from 'typeorm';

const TOKEN_BYTES = 32;
const LIFETIME_HOURS = 72;

/** A set-password token that was just made: told once, kept as its hash alone. */
export interface IssuedToken {
  readonly token: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Makes the one set-password token of a user; any before it is good no longer. */
export async function issueToken(manager: EntityManager, userId: string): Promise<IssuedToken> {
  const token = randomBytes(TOKEN_BYTES).toString('base64url');
  await manager.query('DELETE FROM password_tokens WHERE user_id = $1', [userId]);
  const rows = await manager.query<{ expires_at: Date }[]>(
    `INSERT INTO password_tokens (hash, user_id, expires_at)
     VALUES ($1, $2, now() + interval '${LIFETIME_HOURS} hours') RETURNING expires_at`,
    [hashOf(token), userId],
  );
  return { token, expiresAt: rows[0]?.expires_at.toISOString() ?? '' };
}

/** Whose token it is; undefined for none, a used or an expired one. */
export async function findToken(manager: EntityManager, token: string): Promise<string | undefined> {
  const rows = await manager.query<{ user_id: string }[]>(
    'SELECT user_id FROM password_tokens WHERE hash = $1 AND expires_at > now()',
    [hashOf(token)],
  );
  return rows[0]?.user_id;
}

/** Uses a token up; false when somebody else did. */
export async function spendToken(manager: EntityManager, token: string): Promise<boolean> {
  const [, count] = await manager.query<[unknown, number]>(
    'DELETE FROM password_tokens WHERE hash = $1 AND expires_at > now()',
    [hashOf(token)],
  );
  return count === 1;
}

/** A token is 256 random bits: a fast hash will do. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
