import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates the audit of erasures, and the function that drops the bodies of a month. */
export class DropBodies1790000000004 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(DROP_MONTH);
    await queryRunner.query(`
      CREATE TABLE erasures (
        id uuid CONSTRAINT erasures_pkey PRIMARY KEY,
        clerk_user_id text NOT NULL,
        actor text NOT NULL,
        request_id text NOT NULL,
        removed jsonb NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX webhook_events_about_nobody ON webhook_events (id) WHERE clerk_user_id IS NULL;
    `);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP INDEX webhook_events_about_nobody;
      DROP TABLE erasures;
      DROP FUNCTION drop_event_bodies_month(text);
    `);
  }
}

// Only the owner may drop a partition. The function drops months that are over, and moves the bodies of unresolved events
// to the default partition.
const DROP_MONTH = `
  CREATE FUNCTION drop_event_bodies_month(month text) RETURNS bigint
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    name text := 'event_bodies_' || month;
    kept bigint;
    held bigint;
  BEGIN
    IF month IS NULL OR month !~ '^[0-9]{6}$' OR month >= to_char(now() AT TIME ZONE 'UTC', 'YYYYMM') THEN
      RAISE EXCEPTION 'only a month that is over can be dropped';
    END IF;
    PERFORM pg_advisory_xact_lock(7202612);
    IF to_regclass('public.' || name) IS NULL THEN
      RETURN 0;
    END IF;
    EXECUTE format('ALTER TABLE public.event_bodies DETACH PARTITION public.%I', name);
    EXECUTE format('SELECT count(*) FROM public.%I', name) INTO held;
    EXECUTE format(
      'INSERT INTO public.event_bodies_default SELECT body.* FROM public.%I AS body
         JOIN public.webhook_events AS event ON event.id = body.event_id AND event.created_at = body.created_at
        WHERE event.status IN (''pending'', ''processing'', ''failed'')', name);
    GET DIAGNOSTICS kept = ROW_COUNT;
    EXECUTE format('DROP TABLE public.%I', name);
    RETURN held - kept;
  END
  $$;
`;
