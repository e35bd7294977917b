import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, currentUserSql, forceRowSecurity } from '../row-security';

/**
 * Gives balances a version, and creates the outbox of changed quotas, the tombstones of erased ones, and the triggers
 * that write all three in the transaction of the change. The outbox is not that of resources: relays of release 0.3.0
 * read that one, and would publish a deletion for each row of a kind that they do not know.
 */
export class CreateQuotaChanges1790100060000 implements MigrationInterface {
  readonly name = 'CreateQuotaChanges1790100060000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...security, ...functions, ...triggers]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const name of triggerNames) await runner.query(`DROP TRIGGER ${name} ON quota_periods`);
    for (const name of functionNames) await runner.query(`DROP FUNCTION ${name}`);
    await runner.query('DROP TABLE quota_outbox, quota_tombstones');
    await runner.query(`REVOKE SELECT (documents_uploaded) ON upload_totals FROM ${WORKER_ROLE}`);
    await runner.query('ALTER TABLE quota_periods DROP COLUMN version');
  }
}

const tables = [
  'ALTER TABLE quota_periods ADD COLUMN version bigint NOT NULL DEFAULT 0',
  // A busy user updates its row with each request: room in the page keeps the index unchanged.
  `CREATE TABLE quota_outbox (
     key text NOT NULL,
     version bigint NOT NULL,
     changed text[] NOT NULL DEFAULT '{}',
     enqueued_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
     CONSTRAINT quota_outbox_pkey PRIMARY KEY (key)
   ) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000,
           autovacuum_vacuum_cost_delay = 0)`,
  `CREATE TABLE quota_tombstones (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     version bigint NOT NULL,
     CONSTRAINT quota_tombstones_pkey PRIMARY KEY (user_id, kind)
   )`,
];

/** The trigger writes with the rights of the statement that fired it. Without a trigger, nobody writes these tables. */
const byTrigger = 'pg_trigger_depth() > 0';

const security = [
  ...forceRowSecurity('quota_outbox'),
  // An upsert reads the row that it updates. The key begins with the id of the user.
  ...['SELECT USING', 'INSERT WITH CHECK', 'UPDATE USING'].map(
    (rule) =>
      `CREATE POLICY quota_outbox_owner_${rule.split(' ')[0]?.toLowerCase()} ON quota_outbox
         FOR ${rule} (split_part(key, '.', 1) = ${currentUserSql}::text AND ${byTrigger})`,
  ),
  `CREATE POLICY quota_outbox_worker ON quota_outbox TO ${WORKER_ROLE} USING (true) WITH CHECK (${byTrigger})`,
  `GRANT SELECT, INSERT (key, version), UPDATE (version), DELETE ON quota_outbox TO ${WORKER_ROLE}`,
  // Only the worker deletes balances: it erases users, and ends the retention.
  ...forceRowSecurity('quota_tombstones'),
  `CREATE POLICY quota_tombstones_worker ON quota_tombstones TO ${WORKER_ROLE} USING (true) WITH CHECK (${byTrigger})`,
  `GRANT SELECT, INSERT, UPDATE (version), DELETE ON quota_tombstones TO ${WORKER_ROLE}`,
  `GRANT SELECT (documents_uploaded) ON upload_totals TO ${WORKER_ROLE}`,
];

const enqueue = (row: string, version: string) => `
  INSERT INTO quota_outbox AS o (key, version)
  VALUES (concat_ws('.', ${row}.user_id, ${row}.kind, ${row}.user_id), ${version})
  ON CONFLICT (key) DO UPDATE SET version = greatest(o.version, excluded.version);`;

/** Condition of PL/pgSQL: another row of the quota, of a month that `compare` selects. */
const another = (row: string, compare = '') => `EXISTS (
  SELECT FROM quota_periods q WHERE q.user_id = ${row}.user_id AND q.kind = ${row}.kind ${compare})`;

const functions = [
  // Version of a quota that was not changed in its month: lower than that of each change in the month.
  `CREATE FUNCTION quota_period_version(p_period date) RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
     SELECT extract(epoch FROM p_period)::bigint * 1000000
   $$`,
  // The first version in a month is its time in microseconds, and each change adds one. Nobody makes a change per
  // microsecond, so a later month has higher versions, and so has a balance that was erased and begins again.
  `CREATE FUNCTION number_quota() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.version := (extract(epoch FROM quota_now()) * 1000000)::bigint + 1;
     RETURN NEW;
   END
   $$`,
  `CREATE FUNCTION enqueue_new_quota() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${enqueue('NEW', 'NEW.version')}
     RETURN NULL;
   END
   $$`,
  // Numbers a change and enqueues it: one trigger costs a request less than two. The balance of a past month is not
  // published once a later month has one.
  `CREATE FUNCTION enqueue_quota_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.version := greatest(OLD.version, quota_period_version(OLD.period)) + 1;
     IF NEW.period >= quota_period(quota_now()) OR NOT ${another('NEW', 'AND q.period > NEW.period')} THEN
       ${enqueue('NEW', 'NEW.version')}
     END IF;
     RETURN NEW;
   END
   $$`,
  `CREATE FUNCTION enqueue_quota_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF NOT ${another('OLD')} THEN
       INSERT INTO quota_tombstones AS t (user_id, kind, version)
       VALUES (OLD.user_id, OLD.kind, greatest(OLD.version, quota_period_version(OLD.period)) + 1)
       ON CONFLICT (user_id, kind) DO UPDATE SET version = greatest(t.version, excluded.version);
       ${enqueue('OLD', 'greatest(OLD.version, quota_period_version(OLD.period)) + 1')}
     END IF;
     RETURN NULL;
   END
   $$`,
];

const triggers = [
  `CREATE TRIGGER quota_periods_number BEFORE INSERT ON quota_periods
     FOR EACH ROW EXECUTE FUNCTION number_quota()`,
  `CREATE TRIGGER quota_periods_enqueue AFTER INSERT ON quota_periods
     FOR EACH ROW EXECUTE FUNCTION enqueue_new_quota()`,
  `CREATE TRIGGER quota_periods_enqueue_update BEFORE UPDATE ON quota_periods
     FOR EACH ROW EXECUTE FUNCTION enqueue_quota_change()`,
  `CREATE TRIGGER quota_periods_enqueue_deletion AFTER DELETE ON quota_periods
     FOR EACH ROW EXECUTE FUNCTION enqueue_quota_deletion()`,
];

const triggerNames = [
  'quota_periods_number',
  'quota_periods_enqueue',
  'quota_periods_enqueue_update',
  'quota_periods_enqueue_deletion',
];

const functionNames = [
  'enqueue_quota_deletion',
  'enqueue_quota_change',
  'enqueue_new_quota',
  'number_quota',
  'quota_period_version',
];
