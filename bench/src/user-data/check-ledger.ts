import { type UserDataStack } from './user-data-stack';

/** What is in the ledger of tokens after the reservations of all sides. */
export interface LedgerCheck {
  readonly movements: number;
  readonly users: number;
}

/**
 * Checks that the ledger is exact: the movements of each user add up one by one, the last of them shows the balance,
 * and each request has made one reservation. The first ones, which hold for a minute, may have expired meanwhile.
 * @param accepted number of reservations that were answered with 201
 * @throws RangeError that says what is wrong
 */
export async function checkLedger(stack: UserDataStack, accepted: number): Promise<LedgerCheck> {
  const [found] = await stack.query<{ movements: number; users: number; wrong: number; reservations: number }>(
    `WITH steps AS (
       SELECT user_id, id, type, reserved_after,
              reserved_after - CASE type WHEN 'expire' THEN -amount ELSE amount END
                - coalesce(lag(reserved_after) OVER w, 0) AS gap,
              row_number() OVER (PARTITION BY user_id ORDER BY id DESC) AS from_end
         FROM quota_movements WHERE kind = 'tokens' WINDOW w AS (PARTITION BY user_id ORDER BY id))
     SELECT (SELECT count(*)::int FROM steps WHERE type = 'reserve') AS movements,
            (SELECT count(DISTINCT user_id)::int FROM steps) AS users,
            (SELECT count(*)::int FROM steps WHERE gap <> 0)
              + (SELECT count(*)::int FROM quota_periods p LEFT JOIN steps s ON s.user_id = p.user_id AND s.from_end = 1
                  WHERE p.kind = 'tokens' AND p.reserved IS DISTINCT FROM s.reserved_after)
              + (SELECT count(*)::int FROM quota_periods p WHERE p.kind = 'tokens' AND p.reserved IS DISTINCT FROM
                  (SELECT coalesce(sum(amount), 0) FROM quota_reservations r WHERE r.user_id = p.user_id AND r.state = 'open')) AS wrong,
            (SELECT count(*)::int FROM quota_reservations) AS reservations`,
  );
  if (found === undefined || found.wrong > 0) throw new RangeError(`the ledger has ${found?.wrong} errors`);
  if (found.movements !== accepted || found.reservations !== accepted) {
    throw new RangeError(
      `${accepted} reservations accepted, ${found.movements} movements, ${found.reservations} stored`,
    );
  }
  return { movements: found.movements, users: found.users };
}
