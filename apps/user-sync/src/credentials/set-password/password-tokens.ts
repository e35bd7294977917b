import { createHash, randomBytes } from 'node:crypto';
import { type EntityManager } from 'typeorm';

const TOKEN_BYTES = 32;
const LIFETIME_HOURS = 72;

/** A new set-password token. It is returned once; only its hash is stored. */
export interface IssuedToken {
  readonly token: string;
  /** ISO 8601 in UTC. */
  readonly expiresAt: string;
}

/** Issues a set-password token for a user, and invalidates the user's earlier ones. */
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

/** Id of the token's user; undefined for an unknown, used or expired token. */
export async function findToken(manager: EntityManager, token: string): Promise<string | undefined> {
  const rows = await manager.query<{ user_id: string }[]>(
    'SELECT user_id FROM password_tokens WHERE hash = $1 AND expires_at > now()',
    [hashOf(token)],
  );
  return rows[0]?.user_id;
}

/** Marks a token as used; false when it was used or expired meanwhile. */
export async function spendToken(manager: EntityManager, token: string): Promise<boolean> {
  const [, count] = await manager.query<[unknown, number]>(
    'DELETE FROM password_tokens WHERE hash = $1 AND expires_at > now()',
    [hashOf(token)],
  );
  return count === 1;
}

/** SHA-256 of a token, in hex. A fast hash is enough, because a token has 256 random bits. */
function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
