import { randomUUID } from 'node:crypto';
import { type FastifyInstance } from 'fastify';
import { limits } from '../peer-order';
import { type ReservationRow, presentReservation } from '../peer-rows';
import { reservation, reservationDraft } from './schemas';
import { Refusal, asUser, once, userOf } from './transactions';

/** Checks and changes the balance, writes the ledger and the reservation, all in one statement. */
const RESERVE = `
  WITH month AS (SELECT date_trunc('month', now() AT TIME ZONE 'UTC')::date AS period,
         coalesce((SELECT "limit" FROM limit_overrides WHERE user_id = $1 AND kind = 'tokens'), $4::bigint) AS "limit"),
  balance AS (
    INSERT INTO quota_periods AS q (user_id, kind, period, tier_limit, reserved)
    SELECT $1::uuid, 'tokens', period, $4, $3::bigint FROM month WHERE $3 <= "limit"
    ON CONFLICT (user_id, kind, period) DO UPDATE SET reserved = q.reserved + $3, tier_limit = $4
      WHERE $3 <= (SELECT "limit" FROM month) + q.granted - q.used - q.reserved
    RETURNING q.*),
  movement AS (
    INSERT INTO quota_movements
      (user_id, kind, at, type, amount, period, subject_id, used_after, reserved_after, limit_after, actor_user_id)
    SELECT $1, 'tokens', now(), 'reserve', $3, period, $2, used, reserved, granted + (SELECT "limit" FROM month), $1
      FROM balance)
  INSERT INTO quota_reservations (user_id, id, kind, period, state, amount, created_at, expires_at, balance_after)
  SELECT $1, $2::uuid, 'tokens', period, 'open', $3, now(), now() + $5::int * interval '1 second',
         granted + (SELECT "limit" FROM month) - used - reserved
    FROM balance RETURNING *`;

/** Adds the route of reservations. */
export function addReservationRoutes(server: FastifyInstance): void {
  server.post<{ Body: { amount: number; ttlSeconds: number } }>(
    '/api/tokens/reservations',
    { schema: { body: reservationDraft, response: { 201: reservation } } },
    async (request, reply) => {
      const { amount, ttlSeconds } = request.body;
      const made = await asUser(request, (client) =>
        once(request, client, async () => {
          const { rows } = await client.query<ReservationRow>(RESERVE, [
            userOf(request),
            randomUUID(),
            amount,
            limits.tokens,
            ttlSeconds,
          ]);
          if (rows[0] === undefined) throw new Refusal(429, 'quota_exceeded');
          return presentReservation(rows[0]);
        }),
      );
      void reply.code(201);
      return made;
    },
  );
}
