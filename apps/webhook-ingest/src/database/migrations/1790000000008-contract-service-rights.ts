import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Revokes rights that the service does not need: to change or back-date audit records, and to delete events. */
export class ContractServiceRights1790000000008 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(REVOKE);
    await queryRunner.query(TIMES);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP TRIGGER redrives_time ON redrives;
      DROP TRIGGER erasures_time ON erasures;
      DROP FUNCTION set_time_of_record();
    `);
    await queryRunner.query(GRANT);
  }
}

/**
 * Returns SQL that runs `statements` for each role that may insert redrives, except the owner. That is the service's
 * role, whose name is not known here. Read-only roles for reports or backups are not changed.
 */
const forEachRole = (statements: string) => `
  DO $do$
  DECLARE
    grantee text;
  BEGIN
    FOR grantee IN
      SELECT DISTINCT CASE acl.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(acl.grantee)) END
        FROM pg_class AS relation, LATERAL aclexplode(relation.relacl) AS acl
       WHERE relation.oid = 'redrives'::regclass AND acl.privilege_type = 'INSERT' AND acl.grantee <> relation.relowner
    LOOP
      ${statements}
    END LOOP;
  END
  $do$`;

const REVOKE = forEachRole(`
      EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON redrives, erasures FROM %s', grantee);
      EXECUTE format('REVOKE DELETE, TRUNCATE ON webhook_events FROM %s', grantee);
      EXECUTE format('REVOKE INSERT, DELETE, TRUNCATE ON clerk_movement FROM %s', grantee);
      EXECUTE format('GRANT UPDATE (redriven) ON redrives TO %s', grantee);`);

const GRANT = forEachRole(`
      EXECUTE format('REVOKE UPDATE (redriven) ON redrives FROM %s', grantee);
      EXECUTE format('GRANT INSERT, UPDATE, DELETE ON redrives, erasures, webhook_events, clerk_movement TO %s', grantee);`);

const TIMES = `
  CREATE FUNCTION set_time_of_record() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
  BEGIN
    NEW.created_at := now();
    RETURN NEW;
  END
  $$;
  CREATE TRIGGER redrives_time BEFORE INSERT ON redrives FOR EACH ROW EXECUTE FUNCTION set_time_of_record();
  CREATE TRIGGER erasures_time BEFORE INSERT ON erasures FOR EACH ROW EXECUTE FUNCTION set_time_of_record();
`;
