import { createHash } from 'node:crypto';
import { type ImportedUser } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { type NewValues } from './user-fields';

/** A row, the user whom it names, and the values that it sets. */
interface KeyedRow {
  readonly row: number;
  readonly content: ImportedUser;
  readonly userId: string | null;
  readonly sets: NewValues;
}

/** Number of a row in place of which an erased person has claimed a value. */
const ERASED_ROW = 0;

/** Why a row must not be applied: an earlier row is about the same person, or the person was erased since the upload. */
type KeyConflict = 'repeated' | 'erased';

/**
 * Claims the identifiers, addresses and users of rows for these rows. Returns the rows among them that share something
 * with an earlier row: two rows of one file must not be about one person.
 */
export async function claimKeys(
  manager: EntityManager,
  importId: string,
  rows: readonly KeyedRow[],
): Promise<ReadonlyMap<number, KeyConflict>> {
  const wanted = rows.flatMap((row) => keysOf(row).map((key) => ({ row: row.row, ...key })));
  if (wanted.length === 0) return new Map();
  await manager.query(
    `INSERT INTO user_import_keys (import_id, key, row)
     SELECT $1, decode(key, 'hex'), row FROM jsonb_to_recordset($2) AS new(key text, row integer) ORDER BY row
     ON CONFLICT DO NOTHING`,
    [importId, JSON.stringify(wanted.filter(({ claims }) => claims))],
  );
  const claimed = await manager.query<{ row: number; first: number }[]>(
    `SELECT new.row, min(first.row) AS first FROM jsonb_to_recordset($2) AS new(key text, row integer),
       LATERAL (SELECT row FROM user_import_keys WHERE import_id = $1 AND key = decode(new.key, 'hex')) AS first
      WHERE first.row < new.row GROUP BY new.row`,
    [importId, JSON.stringify(wanted.filter(({ checks }) => checks))],
  );
  return new Map(claimed.map(({ row, first }) => [row, first === ERASED_ROW ? 'erased' : 'repeated']));
}

interface RowKey {
  /** Hex. A hash, so that the table holds no personal data. */
  readonly key: string;
  /** Whether later rows that check the key conflict with this one. */
  readonly claims: boolean;
  /** Whether this row conflicts with an earlier one that claims the key. */
  readonly checks: boolean;
}

/**
 * Rows may share a phone number while none of them has it verified, like users. `phoneNumber` is claimed by a row with the
 * verified number, `unverifiedPhone` by one that stores it unverified; each checks the key of the other.
 */
function keysOf({ content, userId, sets }: KeyedRow): RowKey[] {
  const { externalId, clerkUserId, email, phoneNumber, phoneVerified, stripeCustomerId } = content;
  const isVerified = phoneVerified === true;
  const storesPhone = sets.phoneNumber !== undefined || sets.phoneVerified === true;
  const exclusive = { claims: true, checks: true };
  return [
    ...keyOf('externalId', externalId, exclusive),
    ...keyOf('clerkUserId', clerkUserId, exclusive),
    ...keyOf('email', email?.toLowerCase(), exclusive),
    ...keyOf('phoneNumber', isVerified || storesPhone ? phoneNumber : undefined, { claims: isVerified, checks: true }),
    ...keyOf('unverifiedPhone', storesPhone ? phoneNumber : undefined, { claims: !isVerified, checks: isVerified }),
    ...keyOf('stripeCustomerId', stripeCustomerId, exclusive),
    ...keyOf('user', userId, exclusive),
  ];
}

function keyOf(kind: string, value: string | null | undefined, use: Pick<RowKey, 'claims' | 'checks'>): RowKey[] {
  if (value === null || value === undefined) return [];
  const key = createHash('sha256')
    .update(JSON.stringify([kind, value]))
    .digest('hex');
  return [{ key, ...use }];
}
