CREATE TABLE users (
  id uuid PRIMARY KEY,
  profile jsonb NOT NULL,
  version bigint NOT NULL,
  generation bigint NOT NULL
);
