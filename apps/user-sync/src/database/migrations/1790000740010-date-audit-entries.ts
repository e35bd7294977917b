import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Adds two columns to the audit log: the time at which the database recorded the entry, and the client's request id. */
export class DateAuditEntries1790000740010 implements MigrationInterface {
  readonly name = 'DateAuditEntries1790000740010';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE audit_log ADD COLUMN recorded_at timestamptz(3), ADD COLUMN client_request_id text',
    );
    // The service role cannot change functions or triggers. It can insert, but chooses neither this time nor the id.
    // `at` is at most as old as an entry can become in the queue of a gateway.
    await runner.query(
      `CREATE FUNCTION date_audit_entry() RETURNS trigger LANGUAGE plpgsql
         SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
         BEGIN
           NEW.recorded_at := clock_timestamp();
           NEW.at := least(NEW.at, NEW.recorded_at);
           IF NEW.at < NEW.recorded_at - interval '25 hours' THEN
             RAISE EXCEPTION 'an audit entry is recorded within 25 hours' USING ERRCODE = 'insufficient_privilege';
           END IF;
           IF NEW.id <> currval(pg_get_serial_sequence(TG_RELID::regclass::text, 'id')) THEN
             RAISE EXCEPTION 'an audit entry takes the next number' USING ERRCODE = 'insufficient_privilege';
           END IF;
           RETURN NEW;
         END
       $$`,
    );
    await runner.query(
      `CREATE TRIGGER audit_log_dated BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION date_audit_entry()`,
    );
    await runner.query(keepYoung('coalesce(OLD.recorded_at, OLD.at)'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(keepYoung('OLD.at'));
    await runner.query('DROP TRIGGER audit_log_dated ON audit_log');
    await runner.query('DROP FUNCTION date_audit_entry()');
    await runner.query('ALTER TABLE audit_log DROP COLUMN recorded_at, DROP COLUMN client_request_id');
  }
}

const keepYoung = (time: string) =>
  `CREATE OR REPLACE FUNCTION refuse_young_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       IF ${time} > now() - interval '90 days' THEN
         RAISE EXCEPTION 'the audit log is only ever added to, for 90 days'
           USING ERRCODE = 'insufficient_privilege';
       END IF;
       RETURN OLD;
     END
   $$`;
