import { type Owner } from '@gatehouse/contracts';
import { type LimitKind, effectiveLimit } from '@gatehouse/lifecycle';
import { type Transaction } from '@gatehouse/persistence';

/** The limit of an owner in one kind: what an admin has set for the owner, else the limit of the tier. */
export async function limitOf(transaction: Transaction, owner: Owner, kind: LimitKind): Promise<number> {
  const [override] = await transaction.query<{ limit: number }>(
    'SELECT "limit"::float8 AS "limit" FROM limit_overrides WHERE user_id = $1 AND kind = $2',
    [owner.userId, kind],
  );
  return effectiveLimit(owner.tier, kind, override?.limit);
}
