import { randomBytes, randomUUID } from 'node:crypto';
import { API_KEY_RANDOM_BYTES, apiKeyHash, apiKeyPrefix, mintApiKey } from '@gatehouse/auth';
import { withClient } from '@gatehouse/local-stack';

/** A user with an API key. */
export interface BenchUser {
  readonly id: string;
  readonly key: string;
  /** SHA-256 of the key in hex. */
  readonly hash: string;
}

const PORTION = 2_000;

/**
 * Inserts users of the highest tier, so that no rate limit ends a round. Each has an API key with every scope.
 * Creating 10 000 users through Clerk would take minutes.
 * @param url of the owner of user-sync's database
 */
export async function insertUsers(url: string, count: number): Promise<BenchUser[]> {
  const users = Array.from({ length: count }, () => {
    const key = mintApiKey({ environment: 'dev', random: randomBytes(API_KEY_RANDOM_BYTES) });
    return { id: randomUUID(), key, hash: apiKeyHash(key) };
  });
  await withClient(url, async (client) => {
    for (let from = 0; from < count; from += PORTION) {
      const rows = users.slice(from, from + PORTION);
      await client.query(
        `INSERT INTO users (id, auth_provider, full_name, subscription, referral_code)
         SELECT id, 'local', 'Bench', 'enterprise', id::text FROM unnest($1::uuid[]) AS id`,
        [rows.map(({ id }) => id)],
      );
      await client.query(
        `INSERT INTO api_keys (id, user_id, hash, prefix, name, scopes)
         SELECT gen_random_uuid(), id, hash, prefix, 'bench', '{*:*}'
           FROM unnest($1::uuid[], $2::text[], $3::text[]) AS u(id, hash, prefix)`,
        [rows.map(({ id }) => id), rows.map(({ hash }) => hash), rows.map(({ key }) => apiKeyPrefix(key))],
      );
    }
    await client.query('VACUUM (ANALYZE) users, api_keys');
  });
  return users;
}
