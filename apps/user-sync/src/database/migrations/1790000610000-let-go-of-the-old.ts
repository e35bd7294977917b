import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Allows deletes of old rows of `audit_log`, and no others. */
export class LetGoOfTheOld1790000610000 implements MigrationInterface {
  readonly name = 'LetGoOfTheOld1790000610000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER audit_log_append_only ON audit_log');
    await runner.query(appendOnly('UPDATE OR TRUNCATE'));
    // The service role cannot replace functions, so it cannot remove this check.
    await runner.query(
      `CREATE FUNCTION refuse_young_audit_deletion() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN
           IF OLD.at > now() - interval '90 days' THEN
             RAISE EXCEPTION 'the audit log is only ever added to, for 90 days'
               USING ERRCODE = 'insufficient_privilege';
           END IF;
           RETURN OLD;
         END
       $$`,
    );
    await runner.query(
      `CREATE TRIGGER audit_log_keeps_the_young BEFORE DELETE ON audit_log
         FOR EACH ROW EXECUTE FUNCTION refuse_young_audit_deletion()`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER audit_log_keeps_the_young ON audit_log');
    await runner.query('DROP FUNCTION refuse_young_audit_deletion()');
    await runner.query('DROP TRIGGER audit_log_append_only ON audit_log');
    await runner.query(appendOnly('UPDATE OR DELETE OR TRUNCATE'));
  }
}

const appendOnly = (changes: string) =>
  `CREATE TRIGGER audit_log_append_only BEFORE ${changes} ON audit_log
     FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_change()`;
