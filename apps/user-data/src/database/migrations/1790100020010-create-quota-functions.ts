import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Creates the functions that move quotas. Each is one round trip, whatever it does, so that the row of a busy user is
 * locked as shortly as possible. PostgreSQL plans the statements of a function once per connection, also behind a
 * pooler in transaction mode, which allows no prepared statements.
 *
 * All run with the rights of their caller, so row-level security applies. A later release that needs another behaviour
 * creates a function with another name: replicas of this release still call these.
 */
export class CreateQuotaFunctions1790100020010 implements MigrationInterface {
  readonly name = 'CreateQuotaFunctions1790100020010';

  async up(runner: QueryRunner): Promise<void> {
    for (const [signature, rest] of functions) await runner.query(`CREATE FUNCTION ${signature} ${rest}`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const [signature] of [...functions].reverse()) {
      await runner.query(`DROP FUNCTION ${signature.slice(0, signature.indexOf('('))}`);
    }
  }
}

const functions: readonly (readonly [signature: string, rest: string])[] = [
  // The clock of quotas. Tests replace this function; nothing else of quotas reads a clock.
  ['quota_now()', 'RETURNS timestamptz LANGUAGE sql STABLE AS $$ SELECT now() $$'],
  [
    'quota_period(p_at timestamptz)',
    "RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT date_trunc('month', p_at AT TIME ZONE 'UTC')::date $$",
  ],
  [
    'quota_limit(p_user uuid, p_kind text, p_tier_limit bigint)',
    `RETURNS bigint LANGUAGE sql STABLE AS $$
       SELECT coalesce((SELECT o."limit" FROM limit_overrides o WHERE o.user_id = p_user AND o.kind = p_kind), p_tier_limit)
     $$`,
  ],
  // Expires one reservation, whose row the caller has locked. `quota_periods.tier_limit` is the limit of the tier at
  // the last movement: the worker does not know the tier. While the user is erased, the balance may be gone already;
  // then nothing is left to move.
  [
    'expire_quota_reservation(p_reservation quota_reservations)',
    `RETURNS void LANGUAGE plpgsql AS $$
     DECLARE
       v_now timestamptz := quota_now();
       v_row quota_periods;
       v_limit bigint;
     BEGIN
       UPDATE quota_periods q SET reserved = q.reserved - p_reservation.amount
        WHERE q.user_id = p_reservation.user_id AND q.kind = p_reservation.kind AND q.period = p_reservation.period
       RETURNING q.* INTO v_row;
       IF FOUND THEN
         v_limit := quota_limit(v_row.user_id, v_row.kind, v_row.tier_limit) + v_row.granted;
         INSERT INTO quota_movements
           (user_id, kind, at, type, amount, period, subject_id, used_after, reserved_after, limit_after)
         VALUES (v_row.user_id, v_row.kind, v_now, 'expire', p_reservation.amount, v_row.period, p_reservation.id,
           v_row.used, v_row.reserved, v_limit);
       END IF;
       UPDATE quota_reservations r
          SET state = 'expired', settled_at = v_now,
              balance_after = coalesce(v_limit - v_row.used - v_row.reserved, r.balance_after)
        WHERE r.user_id = p_reservation.user_id AND r.id = p_reservation.id;
     END
     $$`,
  ],
  // Expires overdue reservations of all users; returns how many. Several workers share the work: each skips what
  // another has locked. Balances are updated in the order of their keys, so that workers do not deadlock.
  [
    'expire_due_quota_reservations(p_most integer)',
    `RETURNS integer LANGUAGE plpgsql AS $$
     DECLARE
       v_due quota_reservations;
       v_count integer := 0;
     BEGIN
       FOR v_due IN
         SELECT due.* FROM (
           SELECT r.* FROM quota_reservations r WHERE r.state = 'open' AND r.expires_at <= quota_now()
            ORDER BY r.expires_at LIMIT p_most FOR UPDATE SKIP LOCKED) AS due
          ORDER BY due.user_id, due.kind, due.period
       LOOP
         PERFORM expire_quota_reservation(v_due);
         v_count := v_count + 1;
       END LOOP;
       RETURN v_count;
     END
     $$`,
  ],
  // Expires the overdue reservations of one user in one month; returns how many. Waits for a transaction that settles
  // or expires one of them. The sort by id makes PostgreSQL lock all of them before it returns the first: the loop
  // locks the balance, and the transaction must not wait for a reservation after that.
  [
    'expire_own_quota_reservations(p_user uuid, p_kind text, p_period date)',
    `RETURNS integer LANGUAGE plpgsql AS $$
     DECLARE
       v_due quota_reservations;
       v_count integer := 0;
     BEGIN
       FOR v_due IN
         SELECT due.* FROM (
           SELECT r.* FROM quota_reservations r
            WHERE r.user_id = p_user AND r.kind = p_kind AND r.period = p_period
              AND r.state = 'open' AND r.expires_at <= quota_now()
            ORDER BY r.expires_at, r.id LIMIT 10000 FOR UPDATE) AS due
          ORDER BY due.id
       LOOP
         PERFORM expire_quota_reservation(v_due);
         v_count := v_count + 1;
       END LOOP;
       RETURN v_count;
     END
     $$`,
  ],
  // Consumes an amount, or reserves it if p_seconds is not null. All or nothing. Returns the balance after it, or the
  // balance that is too small.
  [
    `take_quota(p_user uuid, p_kind text, p_amount bigint, p_tier_limit bigint, p_seconds integer, p_subject uuid,
       p_actor uuid, p_request text, OUT accepted boolean, OUT now timestamptz, OUT period date, OUT total_limit bigint,
       OUT used bigint, OUT reserved bigint)`,
    `LANGUAGE plpgsql AS $$
     DECLARE
       v_held bigint := CASE WHEN p_seconds IS NULL THEN 0 ELSE p_amount END;
       v_limit bigint := quota_limit(p_user, p_kind, p_tier_limit);
       v_row quota_periods;
       v_searched boolean := false;
     BEGIN
       now := date_trunc('milliseconds', quota_now());
       period := quota_period(now);
       LOOP
         UPDATE quota_periods q
            SET used = q.used + p_amount - v_held, reserved = q.reserved + v_held, tier_limit = p_tier_limit
          WHERE q.user_id = p_user AND q.kind = p_kind AND q.period = take_quota.period
            AND p_amount <= v_limit + q.granted - q.used - q.reserved
         RETURNING q.* INTO v_row;
         accepted := FOUND;
         IF accepted THEN
           EXIT;
         END IF;
         SELECT q.* INTO v_row FROM quota_periods q
          WHERE q.user_id = p_user AND q.kind = p_kind AND q.period = take_quota.period;
         IF NOT FOUND THEN
           INSERT INTO quota_periods (user_id, kind, period, tier_limit)
           VALUES (p_user, p_kind, take_quota.period, p_tier_limit) ON CONFLICT DO NOTHING;
         ELSIF p_amount > v_limit + v_row.granted - v_row.used - v_row.reserved THEN
           EXIT WHEN v_searched OR v_row.reserved = 0 OR NOT EXISTS (
             SELECT FROM quota_reservations r
              WHERE r.user_id = p_user AND r.kind = p_kind AND r.period = take_quota.period
                AND r.state = 'open' AND r.expires_at <= quota_now());
           -- A transaction may lock reservations only while it does not hold the balance: else it deadlocks with one
           -- that settles. An UPDATE that had to wait holds the balance, also if it then changes nothing. The
           -- transaction has an id only if it holds something; the service then repeats it.
           IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
             RAISE EXCEPTION 'the balance is locked already' USING ERRCODE = 'serialization_failure';
           END IF;
           PERFORM expire_own_quota_reservations(p_user, p_kind, take_quota.period);
           v_searched := true;
         END IF;
       END LOOP;
       total_limit := v_limit + v_row.granted;
       used := v_row.used;
       reserved := v_row.reserved;
       IF NOT accepted THEN
         RETURN;
       END IF;
       INSERT INTO quota_movements (user_id, kind, at, type, amount, period, subject_id, used_after, reserved_after,
         limit_after, actor_user_id, request_id)
       VALUES (p_user, p_kind, take_quota.now, CASE WHEN p_seconds IS NULL THEN 'consume' ELSE 'reserve' END, p_amount,
         take_quota.period, p_subject, take_quota.used, take_quota.reserved, total_limit, p_actor, p_request);
       IF p_seconds IS NOT NULL THEN
         INSERT INTO quota_reservations
           (user_id, id, kind, period, state, amount, created_at, expires_at, balance_after)
         VALUES (p_user, p_subject, p_kind, take_quota.period, 'open', p_amount, take_quota.now,
           take_quota.now + p_seconds * interval '1 second', total_limit - take_quota.used - take_quota.reserved);
       END IF;
     END
     $$`,
  ],
  // Commits (p_to = 'committed') or releases a reservation whose state is one of p_from; changes nothing otherwise, or
  // when the total of the month would become too large. Returns the reservation; no row if the user has none with this
  // id, or if an erasure has deleted its balance.
  [
    `settle_quota_reservation(p_user uuid, p_id uuid, p_to text, p_from text[], p_committed bigint, p_tier_limit bigint,
       p_actor uuid, p_request text)`,
    `RETURNS SETOF quota_reservations LANGUAGE plpgsql AS $$
     DECLARE
       v_now timestamptz := quota_now();
       v_reservation quota_reservations;
       v_held bigint;
       v_row quota_periods;
       v_limit bigint;
     BEGIN
       SELECT r.* INTO v_reservation FROM quota_reservations r WHERE r.user_id = p_user AND r.id = p_id FOR UPDATE;
       IF NOT FOUND THEN
         RETURN;
       END IF;
       IF v_reservation.state <> ALL (p_from) THEN
         RETURN NEXT v_reservation;
         RETURN;
       END IF;
       v_held := CASE v_reservation.state WHEN 'open' THEN v_reservation.amount ELSE 0 END;
       UPDATE quota_periods q
          SET used = q.used + coalesce(p_committed, 0), reserved = q.reserved - v_held,
              tier_limit = CASE q.period WHEN quota_period(v_now) THEN p_tier_limit ELSE q.tier_limit END
        WHERE q.user_id = p_user AND q.kind = v_reservation.kind AND q.period = v_reservation.period
          AND q.used + coalesce(p_committed, 0) <= 4000000000000000
       RETURNING q.* INTO v_row;
       IF FOUND THEN
         v_limit := quota_limit(p_user, v_row.kind, v_row.tier_limit) + v_row.granted;
         INSERT INTO quota_movements (user_id, kind, at, type, amount, period, subject_id, used_after, reserved_after,
           limit_after, actor_user_id, request_id)
         VALUES (p_user, v_row.kind, v_now, CASE p_to WHEN 'committed' THEN 'commit' ELSE 'release' END,
           coalesce(p_committed, v_held), v_row.period, p_id, v_row.used, v_row.reserved, v_limit, p_actor,
           p_request);
         UPDATE quota_reservations r
            SET state = p_to, committed_amount = p_committed, settled_at = v_now,
                balance_after = v_limit - v_row.used - v_row.reserved
          WHERE r.user_id = p_user AND r.id = p_id
         RETURNING r.* INTO v_reservation;
       ELSIF NOT EXISTS (
         SELECT FROM quota_periods q
          WHERE q.user_id = p_user AND q.kind = v_reservation.kind AND q.period = v_reservation.period) THEN
         RETURN;
       END IF;
       RETURN NEXT v_reservation;
     END
     $$`,
  ],
];
