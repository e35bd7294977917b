import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** By name of an index: what it indexes. */
const indexes: Readonly<Record<string, string>> = {
  // The expression is the one of `searchedNames`.
  users_names_idx: `USING gin (lower(' ' || full_name || ' ' || coalesce(owner_name, '') || ' ' || coalesce(shop_name, '')
    || ' ' || coalesce(username, '')) gin_trgm_ops)`,
  // `text_pattern_ops`: in most collations, LIKE uses no other index.
  users_email_prefix_idx: '(lower(email) text_pattern_ops)',
  users_phone_suffix_idx: '(reverse(phone_number) text_pattern_ops)',
  users_subscription_idx: `(subscription, created_at, id) WHERE subscription <> 'free'`,
  users_inactive_idx: '(created_at, id) WHERE NOT is_active',
};

/** Indexes what admins search users by, concurrently: running replicas write to the table. */
export class IndexUsersForSearch1790000766010 implements MigrationInterface {
  readonly name = 'IndexUsersForSearch1790000766010';
  readonly transaction = false;

  async up(runner: QueryRunner): Promise<void> {
    // A trusted extension: the owner of the database may create it.
    await runner.query('CREATE EXTENSION IF NOT EXISTS pg_trgm');
    for (const [name, definition] of Object.entries(indexes)) {
      // An interrupted attempt leaves an invalid index.
      await runner.query(`DROP INDEX CONCURRENTLY IF EXISTS ${name}`);
      await runner.query(`CREATE INDEX CONCURRENTLY ${name} ON users ${definition}`);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX ${Object.keys(indexes).join(', ')}`);
    await runner.query('DROP EXTENSION pg_trgm');
  }
}
