import { type MigrationInterface, type QueryRunner } from 'typeorm';
import { WORKER_ROLE, currentUserSql, forceRowSecurity, restrictToOwner } from '../row-security';

/** Largest limit that an admin can set, and most that can be granted for a month: `maxQuotaLimit` of contracts. */
const MAX_LIMIT = 1_000_000_000_000_000;
/** Largest total of a month. Sums of two such numbers are exact in JavaScript too. */
const MAX_TOTAL = 4_000_000_000_000_000;

const QUOTA_KINDS = "'tokens', 'uploads'";
const LIMIT_KINDS = `${QUOTA_KINDS}, 'items', 'templates', 'sessions'`;

/** Creates the tables of quotas: limits, balances, reservations, the ledger, and the records of uploads. */
export class CreateQuotas1790100020000 implements MigrationInterface {
  readonly name = 'CreateQuotas1790100020000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...security]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of [...ownerTables, 'quota_movements']) await runner.query(`DROP TABLE ${table}`);
  }
}

const tables = [
  `CREATE TABLE limit_overrides (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     "limit" bigint NOT NULL,
     reason text,
     set_at timestamptz(3) NOT NULL,
     set_by uuid NOT NULL,
     CONSTRAINT limit_overrides_pkey PRIMARY KEY (user_id, kind),
     CONSTRAINT limit_overrides_kind_check CHECK (kind IN (${LIMIT_KINDS})),
     CONSTRAINT limit_overrides_limit_check CHECK ("limit" BETWEEN 0 AND ${MAX_LIMIT})
   )`,
  // Half of each page stays free for new versions of its rows: every movement updates a row of this table, and no
  // index changes as long as the new version is on the same page.
  `CREATE TABLE quota_periods (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     period date NOT NULL,
     tier_limit bigint NOT NULL,
     granted bigint NOT NULL DEFAULT 0,
     used bigint NOT NULL DEFAULT 0,
     reserved bigint NOT NULL DEFAULT 0,
     CONSTRAINT quota_periods_pkey PRIMARY KEY (user_id, kind, period),
     CONSTRAINT quota_periods_kind_check CHECK (kind IN (${QUOTA_KINDS})),
     CONSTRAINT quota_periods_period_check CHECK (EXTRACT(day FROM period) = 1),
     CONSTRAINT quota_periods_granted_check CHECK (granted BETWEEN 0 AND ${MAX_LIMIT}),
     CONSTRAINT quota_periods_used_check CHECK (used BETWEEN 0 AND ${MAX_TOTAL}),
     CONSTRAINT quota_periods_reserved_check CHECK (reserved BETWEEN 0 AND ${MAX_TOTAL})
   ) WITH (fillfactor = 50)`,
  `CREATE TABLE quota_reservations (
     user_id uuid NOT NULL,
     id uuid NOT NULL,
     kind text NOT NULL,
     period date NOT NULL,
     state text NOT NULL,
     amount bigint NOT NULL,
     committed_amount bigint,
     created_at timestamptz(3) NOT NULL,
     expires_at timestamptz(3) NOT NULL,
     settled_at timestamptz(3),
     balance_after bigint NOT NULL,
     CONSTRAINT quota_reservations_pkey PRIMARY KEY (user_id, id),
     CONSTRAINT quota_reservations_kind_check CHECK (kind IN (${QUOTA_KINDS})),
     CONSTRAINT quota_reservations_amount_check CHECK (amount > 0 AND committed_amount >= 0),
     CONSTRAINT quota_reservations_state_check CHECK (state IN ('open', 'committed', 'released', 'expired')
       AND (state = 'open') = (settled_at IS NULL) AND (state = 'committed') = (committed_amount IS NOT NULL))
   )`,
  `CREATE INDEX quota_reservations_open_idx ON quota_reservations (user_id, kind, expires_at) WHERE state = 'open'`,
  `CREATE INDEX quota_reservations_expires_at_idx ON quota_reservations (expires_at) WHERE state = 'open'`,
  `CREATE INDEX quota_reservations_settled_at_idx ON quota_reservations (settled_at) WHERE settled_at IS NOT NULL`,
  `CREATE TABLE quota_movements (
     user_id uuid NOT NULL,
     kind text NOT NULL,
     id bigint GENERATED ALWAYS AS IDENTITY,
     at timestamptz(3) NOT NULL,
     type text NOT NULL,
     amount bigint NOT NULL,
     period date,
     subject_id uuid,
     used_after bigint,
     reserved_after bigint,
     limit_after bigint NOT NULL,
     actor_user_id uuid,
     request_id text,
     reason text,
     CONSTRAINT quota_movements_pkey PRIMARY KEY (user_id, kind, id),
     CONSTRAINT quota_movements_kind_check CHECK (kind IN (${LIMIT_KINDS})),
     CONSTRAINT quota_movements_type_check CHECK (type IN
       ('consume', 'reserve', 'commit', 'release', 'expire', 'grant', 'limit_set', 'limit_removed'))
   )`,
  'CREATE INDEX quota_movements_at_idx ON quota_movements (at)',
  `CREATE TABLE uploads (
     user_id uuid NOT NULL,
     id uuid NOT NULL,
     name text NOT NULL,
     size bigint,
     content_type text,
     created_at timestamptz(3) NOT NULL,
     CONSTRAINT uploads_pkey PRIMARY KEY (user_id, id)
   )`,
  'CREATE INDEX uploads_user_id_created_at_idx ON uploads (user_id, created_at, id)',
  'CREATE INDEX uploads_created_at_idx ON uploads (created_at)',
  `CREATE TABLE upload_totals (
     user_id uuid NOT NULL,
     documents_uploaded bigint NOT NULL,
     CONSTRAINT upload_totals_pkey PRIMARY KEY (user_id),
     CONSTRAINT upload_totals_documents_check CHECK (documents_uploaded >= 0)
   )`,
];

const ownerTables = ['limit_overrides', 'quota_periods', 'quota_reservations', 'uploads', 'upload_totals'];

const isOwn = `user_id = ${currentUserSql}`;

/** Policies and grants of the worker: it expires reservations, deletes what is old, and erases users. */
const security = [
  ...ownerTables.flatMap(restrictToOwner),
  // The ledger is only ever added to: without a policy for changes, row-level security rejects them.
  ...forceRowSecurity('quota_movements'),
  `CREATE POLICY quota_movements_owner_read ON quota_movements FOR SELECT USING (${isOwn})`,
  `CREATE POLICY quota_movements_owner_add ON quota_movements FOR INSERT WITH CHECK (${isOwn})`,
  ...[...ownerTables, 'quota_movements'].flatMap((table) => [
    `CREATE POLICY ${table}_worker_read ON ${table} FOR SELECT TO ${WORKER_ROLE} USING (true)`,
    `CREATE POLICY ${table}_worker_delete ON ${table} FOR DELETE TO ${WORKER_ROLE} USING (true)`,
  ]),
  `CREATE POLICY quota_periods_worker_expire ON quota_periods FOR UPDATE TO ${WORKER_ROLE} USING (true)`,
  `CREATE POLICY quota_reservations_worker_expire ON quota_reservations FOR UPDATE TO ${WORKER_ROLE}
     USING (state = 'open') WITH CHECK (state = 'expired')`,
  `CREATE POLICY quota_movements_worker_expire ON quota_movements FOR INSERT TO ${WORKER_ROLE}
     WITH CHECK (type = 'expire' AND actor_user_id IS NULL)`,
  `GRANT SELECT (user_id, kind, "limit"), DELETE ON limit_overrides TO ${WORKER_ROLE}`,
  `GRANT SELECT, UPDATE (reserved), DELETE ON quota_periods TO ${WORKER_ROLE}`,
  `GRANT SELECT, UPDATE (state, settled_at, balance_after), DELETE ON quota_reservations TO ${WORKER_ROLE}`,
  `GRANT SELECT (user_id, kind, id, at), DELETE ON quota_movements TO ${WORKER_ROLE}`,
  `GRANT INSERT (user_id, kind, at, type, amount, period, subject_id, used_after, reserved_after, limit_after)
     ON quota_movements TO ${WORKER_ROLE}`,
  `GRANT SELECT (user_id, id, created_at), DELETE ON uploads TO ${WORKER_ROLE}`,
  `GRANT SELECT (user_id), DELETE ON upload_totals TO ${WORKER_ROLE}`,
];
