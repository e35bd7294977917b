import { createHash } from 'node:crypto';
import { type ImportedUser } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';

/** A row, and the user whom it names. */
interface KeyedRow {
  readonly row: number;
  readonly content: ImportedUser;
  readonly userId: string | null;
}

/**
 * Claims the identifiers, addresses and users of rows for these rows. Returns the rows among them of which an earlier
 * row has claimed something: two rows of one file must not be about one person.
 */
export async function claimKeys(
  manager: EntityManager,
  importId: string,
  rows: readonly KeyedRow[],
): Promise<ReadonlySet<number>> {
  const wanted = rows.flatMap((row) => keysOf(row).map((key) => ({ row: row.row, key: key.toString('hex') })));
  if (wanted.length === 0) return new Set();
  await manager.query(
    `INSERT INTO user_import_keys (import_id, key, row)
     SELECT $1, decode(key, 'hex'), row FROM jsonb_to_recordset($2) AS new(key text, row integer) ORDER BY row
     ON CONFLICT DO NOTHING`,
    [importId, JSON.stringify(wanted)],
  );
  const repeated = await manager.query<{ row: number }[]>(
    `SELECT DISTINCT new.row FROM jsonb_to_recordset($2) AS new(key text, row integer),
       LATERAL (SELECT row FROM user_import_keys WHERE import_id = $1 AND key = decode(new.key, 'hex')) AS first
      WHERE first.row <> new.row`,
    [importId, JSON.stringify(wanted)],
  );
  return new Set(repeated.map(({ row }) => row));
}

/** Hashes, so that the table holds no personal data. */
function keysOf({ content, userId }: KeyedRow): Buffer[] {
  const { externalId, clerkUserId, email, phoneNumber, phoneVerified, stripeCustomerId } = content;
  const values: readonly (readonly [kind: string, value: string | null | undefined])[] = [
    ['externalId', externalId],
    ['clerkUserId', clerkUserId],
    ['email', email?.toLowerCase()],
    ['phoneNumber', phoneVerified === true ? phoneNumber : undefined],
    ['stripeCustomerId', stripeCustomerId],
    ['user', userId],
  ];
  return values.flatMap(([kind, value]) =>
    value === null || value === undefined
      ? []
      : [
          createHash('sha256')
            .update(JSON.stringify([kind, value]))
            .digest(),
        ],
  );
}
