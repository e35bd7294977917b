/**
 * Statements that create the table of stored answers, for migrations. Released migrations contain them, so they never
 * change: a later change of the table is a migration of each service.
 */
export const createIdempotencyKeys: readonly string[] = [
  `CREATE TABLE idempotency_keys (
     user_id uuid NOT NULL,
     id bytea NOT NULL,
     request_hash bytea NOT NULL,
     answer json NOT NULL,
     sealed bytea,
     created_at timestamptz(3) NOT NULL DEFAULT now(),
     CONSTRAINT idempotency_keys_pkey PRIMARY KEY (user_id, id),
     CONSTRAINT idempotency_keys_size_check CHECK (octet_length(id) = 32 AND octet_length(request_hash) = 32
       AND octet_length(answer::text) <= 262144 AND octet_length(sealed) <= 4096)
   )`,
  'CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at)',
];
