import { createStreamTables } from '@gatehouse/relay';
import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, currentUserSql, forceRowSecurity } from '../row-security';

/**
 * Creates the outbox of changed resources, the tombstones of deleted ones, and the triggers that write both in the
 * transaction of the change. So replicas of the previous release, erasures and statements of operators write them too.
 */
export class CreateResourceChanges1790100040000 implements MigrationInterface {
  readonly name = 'CreateResourceChanges1790100040000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...security, ...functions, ...triggers, ...content]) {
      await runner.query(statement);
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [table, { columns }] of Object.entries(resources)) {
      await runner.query(`REVOKE SELECT (${columns}, version, created_at, updated_at) ON ${table} FROM ${WORKER_ROLE}`);
      await runner.query(`DROP TRIGGER ${table}_number ON ${table}`);
      await runner.query(`DROP TRIGGER ${table}_enqueue ON ${table}`);
      await runner.query(`DROP TRIGGER ${table}_enqueue_update ON ${table}`);
    }
    await runner.query('DROP FUNCTION enqueue_resource_change');
    await runner.query('DROP FUNCTION number_resource_change');
    await runner.query('DROP TABLE stream_outbox, stream_epochs, resource_tombstones');
  }
}

/** By table: its kind in messages, and the columns that messages show besides the common ones. */
const resources = {
  items: { kind: 'item', columns: 'title, description' },
  templates: { kind: 'template', columns: 'name, description, language, body, tags, is_public' },
  assistant_sessions: { kind: 'assistant-session', columns: 'name, status, settings' },
};

const tables = [
  ...createStreamTables,
  `CREATE TABLE resource_tombstones (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     id uuid NOT NULL,
     version integer NOT NULL,
     deleted_at timestamptz(3) NOT NULL,
     remove_at timestamptz NOT NULL,
     CONSTRAINT resource_tombstones_pkey PRIMARY KEY (user_id, kind, id)
   )`,
  'CREATE INDEX resource_tombstones_remove_at_idx ON resource_tombstones (remove_at)',
];

/** The trigger writes with the rights of the statement that fired it. Without a trigger, nobody writes these tables. */
const byTrigger = 'pg_trigger_depth() > 0';

/** By table that the trigger writes: which rows are those of the current user. */
const ownRows = {
  // The key begins with the id of the user.
  stream_outbox: `split_part(key, '.', 1) = ${currentUserSql}::text`,
  resource_tombstones: `user_id = ${currentUserSql}`,
};

const security = [
  ...Object.entries(ownRows).flatMap(([table, isOwn]) => [
    ...forceRowSecurity(table),
    // An upsert reads the row that it updates.
    `CREATE POLICY ${table}_owner_read ON ${table} FOR SELECT USING (${isOwn} AND ${byTrigger})`,
    `CREATE POLICY ${table}_owner_add ON ${table} FOR INSERT WITH CHECK (${isOwn} AND ${byTrigger})`,
    `CREATE POLICY ${table}_owner_change ON ${table} FOR UPDATE USING (${isOwn} AND ${byTrigger})`,
    `CREATE POLICY ${table}_worker_read ON ${table} FOR SELECT TO ${WORKER_ROLE} USING (true)`,
    `CREATE POLICY ${table}_worker_add ON ${table} FOR INSERT TO ${WORKER_ROLE} WITH CHECK (${byTrigger})`,
    `CREATE POLICY ${table}_worker_delete ON ${table} FOR DELETE TO ${WORKER_ROLE} USING (true)`,
  ]),
  `GRANT SELECT, INSERT (key, version, changed), DELETE ON stream_outbox TO ${WORKER_ROLE}`,
  `GRANT SELECT, INSERT, DELETE ON resource_tombstones TO ${WORKER_ROLE}`,
  // Settling locks the rows that it deletes, for which PostgreSQL asks for this policy too.
  `CREATE POLICY stream_outbox_worker_change ON stream_outbox FOR UPDATE TO ${WORKER_ROLE} USING (true)`,
  `GRANT UPDATE (version, changed) ON stream_outbox TO ${WORKER_ROLE}`,
  // An erasure ends the retention of the user's tombstones.
  `CREATE POLICY resource_tombstones_worker_change ON resource_tombstones FOR UPDATE TO ${WORKER_ROLE} USING (true)`,
  `GRANT UPDATE (version, deleted_at, remove_at) ON resource_tombstones TO ${WORKER_ROLE}`,
  ...forceRowSecurity('stream_epochs'),
  `CREATE POLICY stream_epochs_worker ON stream_epochs TO ${WORKER_ROLE} USING (true)`,
  `GRANT SELECT, INSERT, UPDATE ON stream_epochs TO ${WORKER_ROLE}`,
];

const functions = [
  // A statement that does not count the version, such as an operator's, still gives the row a new one.
  `CREATE FUNCTION number_resource_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.version := OLD.version + 1;
     RETURN NEW;
   END
   $$`,
  // The key is the rest of the subject: user, kind and id. `changed` has the names of fields, so `is_public` is `isPublic`.
  // A row that waits keeps the time of its first change.
  `CREATE FUNCTION enqueue_resource_change() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     v_changed text[] := '{}';
   BEGIN
     IF TG_OP = 'UPDATE' THEN
       SELECT coalesce(array_agg(lower(left(n.key, 1)) || substr(replace(initcap(replace(n.key, '_', ' ')), ' ', ''), 2)
                       ORDER BY n.key), '{}') INTO v_changed
         FROM jsonb_each(to_jsonb(NEW)) n JOIN jsonb_each(to_jsonb(OLD)) o ON o.key = n.key
        WHERE n.value <> o.value AND n.key NOT IN ('user_id', 'name_key', 'version', 'updated_at');
     END IF;
     IF TG_OP = 'DELETE' OR (TG_OP = 'UPDATE' AND OLD.user_id <> NEW.user_id) THEN
       INSERT INTO resource_tombstones (user_id, kind, id, version, deleted_at, remove_at)
       VALUES (OLD.user_id, TG_ARGV[0], OLD.id, OLD.version + 1, now(), now() + interval '24 hours')
       ON CONFLICT (user_id, kind, id) DO UPDATE
          SET version = excluded.version, deleted_at = excluded.deleted_at, remove_at = excluded.remove_at;
       INSERT INTO stream_outbox AS o (key, version)
       VALUES (concat_ws('.', OLD.user_id, TG_ARGV[0], OLD.id), OLD.version + 1)
       ON CONFLICT (key) DO UPDATE SET version = greatest(o.version, excluded.version), changed = '{}';
     END IF;
     IF TG_OP <> 'DELETE' THEN
       INSERT INTO stream_outbox AS o (key, version, changed)
       VALUES (concat_ws('.', NEW.user_id, TG_ARGV[0], NEW.id), NEW.version, v_changed)
       ON CONFLICT (key) DO UPDATE
          SET version = greatest(o.version, excluded.version),
              changed = ARRAY(SELECT DISTINCT u.name FROM unnest(o.changed || excluded.changed) AS u(name) ORDER BY 1);
     END IF;
     RETURN NULL;
   END
   $$`,
];

/** Only a change of what messages show is numbered and enqueued: not, for example, that of a sort key. */
const triggers = Object.entries(resources).flatMap(([table, { kind, columns }]) => [
  `CREATE TRIGGER ${table}_number BEFORE UPDATE OF user_id, created_at, updated_at, ${columns} ON ${table}
     FOR EACH ROW WHEN (NEW.version <= OLD.version) EXECUTE FUNCTION number_resource_change()`,
  `CREATE TRIGGER ${table}_enqueue AFTER INSERT OR DELETE ON ${table}
     FOR EACH ROW EXECUTE FUNCTION enqueue_resource_change('${kind}')`,
  `CREATE TRIGGER ${table}_enqueue_update AFTER UPDATE ON ${table}
     FOR EACH ROW WHEN (NEW.version <> OLD.version) EXECUTE FUNCTION enqueue_resource_change('${kind}')`,
]);

/** The relay publishes what messages show. The worker still reads no sort keys, and changes nothing. */
const content = Object.entries(resources).map(
  ([table, { columns }]) => `GRANT SELECT (${columns}, version, created_at, updated_at) ON ${table} TO ${WORKER_ROLE}`,
);
