import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Creates the ledger, its bodies by month, the rejected deliveries and the Clerk instance of the ledger. */
export class CreateLedger1790000000001 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(LEDGER);
    await queryRunner.query(BODIES);
    await queryRunner.query(PARTITIONS_FUNCTION);
    await queryRunner.query('SELECT ensure_event_body_partitions(1)');
    await queryRunner.query(REJECTED);
    await queryRunner.query(INSTANCE);
  }

  async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      DROP FUNCTION ensure_event_body_partitions(integer);
      DROP TABLE clerk_instance, rejected_deliveries, event_bodies, webhook_events;
    `);
  }
}

const LEDGER = `
  CREATE TABLE webhook_events (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT webhook_events_pkey PRIMARY KEY,
    webhook_id text NOT NULL CONSTRAINT webhook_events_webhook_id UNIQUE,
    event_type text NOT NULL,
    status text NOT NULL CONSTRAINT webhook_events_status
      CHECK (status IN ('pending', 'processing', 'success', 'failed', 'invalid', 'ignored')),
    retry_count integer NOT NULL DEFAULT 0,
    max_retries integer NOT NULL,
    next_retry_at timestamptz,
    error_message text,
    error_details jsonb,
    processed_data jsonb,
    processed_at timestamptz,
    source_ip text,
    user_agent text,
    instance_id text,
    clerk_user_id text,
    correlation_id text NOT NULL,
    signing_secret_index smallint NOT NULL,
    occurred_at timestamptz,
    publish_number integer NOT NULL,
    published_at timestamptz,
    stream_sequence bigint,
    stream_created_at timestamptz,
    lease_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
  );
  CREATE INDEX webhook_events_unpublished ON webhook_events (created_at)
    WHERE published_at IS NULL AND status IN ('pending', 'processing');
  CREATE INDEX webhook_events_retry_due ON webhook_events (next_retry_at)
    WHERE status = 'failed' AND next_retry_at IS NOT NULL;
  CREATE INDEX webhook_events_attention ON webhook_events (status, id) WHERE status IN ('failed', 'ignored');
  CREATE INDEX webhook_events_by_type ON webhook_events (event_type, id);
  CREATE INDEX webhook_events_by_user ON webhook_events (clerk_user_id, id) WHERE clerk_user_id IS NOT NULL;
`;

const BODIES = `
  CREATE TABLE event_bodies (
    event_id bigint NOT NULL,
    created_at timestamptz NOT NULL,
    body bytea NOT NULL,
    CONSTRAINT event_bodies_pkey PRIMARY KEY (event_id, created_at)
  ) PARTITION BY RANGE (created_at);
  CREATE TABLE event_bodies_default PARTITION OF event_bodies DEFAULT;
`;

// The service may not create tables, so it calls this function, which runs as the owner. PUBLIC may execute the
// function; that is safe, because only the owner and the service may connect to the database.
const PARTITIONS_FUNCTION = `
  CREATE FUNCTION ensure_event_body_partitions(months_ahead integer) RETURNS integer
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DECLARE
    first_at timestamptz;
    next_at timestamptz;
    name text;
    made integer := 0;
  BEGIN
    IF months_ahead IS NULL OR months_ahead NOT BETWEEN 0 AND 24 THEN
      RAISE EXCEPTION 'months_ahead must be between 0 and 24';
    END IF;
    PERFORM pg_advisory_xact_lock(7202612);
    FOR ahead IN 0..months_ahead LOOP
      first_at := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead)) AT TIME ZONE 'UTC';
      next_at := (date_trunc('month', now() AT TIME ZONE 'UTC') + make_interval(months => ahead + 1)) AT TIME ZONE 'UTC';
      name := 'event_bodies_' || to_char(first_at AT TIME ZONE 'UTC', 'YYYYMM');
      CONTINUE WHEN to_regclass('public.' || name) IS NOT NULL;
      EXECUTE format('CREATE TABLE public.%I (LIKE public.event_bodies INCLUDING ALL)', name);
      -- PostgreSQL does not attach a partition while the default partition contains rows for it.
      EXECUTE format(
        'WITH moved AS (
           DELETE FROM public.event_bodies_default WHERE created_at >= %L AND created_at < %L RETURNING *
         ) INSERT INTO public.%I SELECT * FROM moved', first_at, next_at, name);
      EXECUTE format(
        'ALTER TABLE public.event_bodies ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, first_at, next_at);
      made := made + 1;
    END LOOP;
    RETURN made;
  END
  $$;
`;

const REJECTED = `
  CREATE TABLE rejected_deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT rejected_deliveries_pkey PRIMARY KEY,
    reason text NOT NULL,
    webhook_id text,
    webhook_timestamp text,
    user_agent text,
    source_ip text,
    body_sha256 text NOT NULL,
    body_size integer NOT NULL,
    correlation_id text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  );
`;

const INSTANCE = `
  CREATE TABLE clerk_instance (
    singleton boolean NOT NULL DEFAULT true CONSTRAINT clerk_instance_pkey PRIMARY KEY
      CONSTRAINT clerk_instance_one_row CHECK (singleton),
    instance_id text NOT NULL,
    learnt_at timestamptz NOT NULL DEFAULT now()
  );
`;
