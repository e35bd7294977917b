import { withClient } from '@gatehouse/local-stack';

/** How many items which users get. */
export interface ItemSeed {
  readonly userIds: readonly string[];
  readonly each: number;
}

/** Rows of one statement, which has a time limit. */
const PORTION = 20_000;

/**
 * Inserts items. Their ids follow the order of creation, as user-data's do; titles and times of change are in other
 * orders. One in ten has no description.
 * @param url of a superuser, whom row-level security does not restrict
 */
export async function seedItems(url: string, seeds: readonly ItemSeed[]): Promise<void> {
  await withClient(url, async (client) => {
    for (const { userIds, each } of seeds) {
      for (let from = 1; from <= each; from += PORTION) {
        await client.query(
          `INSERT INTO items (id, user_id, title, name_key, description, created_at, updated_at)
           SELECT uuidv7(n * interval '1 ms' - interval '400 days'), user_id, 'Item ' || md5(n::text), 'item ' || md5(n::text),
                  CASE WHEN n % 10 > 0 THEN repeat('What the item is for. ', 5) END,
                  now() - interval '400 days' + n * interval '20 seconds',
                  now() - interval '100 days' + (n * 7919 % 1000003) * interval '1 second'
             FROM unnest($1::uuid[]) AS user_id, generate_series($2::bigint, $3::bigint) AS n`,
          [userIds, from, Math.min(each, from + PORTION - 1)],
        );
      }
      await client.query(
        `INSERT INTO resource_counts (user_id, kind, used) SELECT user_id, 'items', $2 FROM unnest($1::uuid[]) AS user_id`,
        [userIds, each],
      );
    }
    await client.query('VACUUM (ANALYZE) items, resource_counts');
  });
}
