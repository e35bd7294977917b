/** Description of a column that Clerk owns, for the code that stores, compares, erases and shows users. */
interface ClerkOwnedColumn {
  /** Name in the table `users`. */
  readonly column: string;
  /** PostgreSQL type. A `text` can be NULL, a `boolean` cannot. */
  readonly type: 'text' | 'boolean';
  /** Whether the deletion of the user erases the value: a `text` becomes NULL, a `boolean` false. */
  readonly personal: boolean;
  /** Whether `true` in the column stops the user from acting, as in `clerk_banned`. */
  readonly bars: boolean;
  /**
   * First content version whose hash covers the column. A content version is the set of columns that a release hashes.
   * Its number rises when a release adds columns, and stands at the start of each stored hash.
   */
  readonly since: number;
}

const personalText = { type: 'text', personal: true, bars: false, since: 1 } as const;
const personalFlag = { type: 'boolean', personal: true, bars: false, since: 1 } as const;

/**
 * By field of a user: the columns that Clerk owns. The columns of `users` that are not in this list are Gatehouse's,
 * and are never compared with Clerk.
 *
 * The content hash, the SQL that reads and writes users, the entity, the erasure of deleted users, and `explain` are
 * made from this list or checked against it. Code that leaves out a column does not compile.
 *
 * The content hash covers the columns in this order. So add a new column at the end, with the next content version as
 * `since`. That raises `contentVersion`. A row with a hash of an earlier version is compared by this hash, and by value
 * in the columns that were added later.
 */
export const clerkOwnedColumns = {
  email: { column: 'email', ...personalText },
  emailVerified: { column: 'email_verified', ...personalFlag },
  phoneNumber: { column: 'phone_number', ...personalText },
  phoneVerified: { column: 'phone_verified', ...personalFlag },
  firstName: { column: 'first_name', ...personalText },
  lastName: { column: 'last_name', ...personalText },
  username: { column: 'username', ...personalText },
  profileImageUrl: { column: 'profile_image_url', ...personalText },
  clerkBanned: { column: 'clerk_banned', type: 'boolean', personal: false, bars: true, since: 1 },
  clerkDeprovisioned: { column: 'clerk_deprovisioned', type: 'boolean', personal: false, bars: true, since: 2 },
} as const satisfies Readonly<Record<string, ClerkOwnedColumn>>;

type Columns = typeof clerkOwnedColumns;

/** Field of a user that Clerk owns. */
export type ClerkOwnedField = keyof Columns;

/** Values of the columns of a user that Clerk owns. */
export type ClerkOwned = {
  readonly [Field in ClerkOwnedField]: Columns[Field]['type'] extends 'boolean' ? boolean : string | null;
};

/** Fields that stop a user from acting while they are `true`, such as `clerkBanned`. */
export type BarringField = {
  [Field in ClerkOwnedField]: Columns[Field]['bars'] extends true ? Field : never;
}[ClerkOwnedField];

/** Fields that were added after content version 1, so hashes of content version 1 do not cover them. */
export type FieldSinceVersion1 = {
  [Field in ClerkOwnedField]: Columns[Field]['since'] extends 1 ? never : Field;
}[ClerkOwnedField];

/** All fields that Clerk owns, in the order of {@link clerkOwnedColumns}. */
export const clerkOwnedFields = Object.keys(clerkOwnedColumns) as ClerkOwnedField[];

/** Fields that stop a user from acting while they are `true`, such as `clerkBanned`. */
export const barringFields = clerkOwnedFields.filter((field): field is BarringField => clerkOwnedColumns[field].bars);

/** Fields that were added after content version 1, so hashes of content version 1 do not cover them. */
export const fieldsSinceVersion1 = clerkOwnedFields.filter(
  (field): field is FieldSinceVersion1 => clerkOwnedColumns[field].since > 1,
);
