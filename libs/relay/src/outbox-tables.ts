/**
 * Statements that create the outbox of a stream and the record of its epochs, for migrations. Released migrations
 * contain them, so they never change: a later change is a migration of each service.
 */
export const createStreamTables: readonly string[] = [
  `CREATE TABLE stream_outbox (
     key text NOT NULL,
     version bigint NOT NULL,
     changed text[] NOT NULL DEFAULT '{}',
     enqueued_at timestamptz(3) NOT NULL DEFAULT clock_timestamp(),
     CONSTRAINT stream_outbox_pkey PRIMARY KEY (key)
   ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_cost_delay = 0)`,
  `CREATE TABLE stream_epochs (
     stream text NOT NULL,
     epoch bigint NOT NULL DEFAULT 0,
     state text NOT NULL,
     reason text NOT NULL,
     generation bigint NOT NULL DEFAULT 0,
     stream_created_at timestamptz(3),
     acked_sequence bigint NOT NULL DEFAULT 0,
     purge_below bigint NOT NULL DEFAULT 0,
     marker_sequence bigint,
     next_page text,
     rows bigint NOT NULL DEFAULT 0,
     completed_at timestamptz(3),
     leased_by uuid,
     leased_until timestamptz(3),
     CONSTRAINT stream_epochs_pkey PRIMARY KEY (stream),
     CONSTRAINT stream_epochs_state_check CHECK (state IN ('due', 'marking', 'filling', 'purging', 'complete'))
   ) WITH (fillfactor = 50)`,
];
