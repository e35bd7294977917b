/** The columns of a user that Clerk owns; all others are ours and never part of what is compared. */
export interface ClerkOwned {
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  readonly phoneVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly username: string | null;
  readonly profileImageUrl: string | null;
  readonly clerkBanned: boolean;
  readonly clerkDeprovisioned: boolean;
}

/** Version of the content; raise it whenever {@link clerkOwnedColumns} changes. Every content hash carries it. */
export const contentVersion = 2;

/** Clerk-owned columns, in the order in which the content lists them. */
const clerkOwnedColumns = [
  'email',
  'emailVerified',
  'phoneNumber',
  'phoneVerified',
  'firstName',
  'lastName',
  'username',
  'profileImageUrl',
  'clerkBanned',
  'clerkDeprovisioned',
] as const satisfies readonly (keyof ClerkOwned)[];

/** Columns of the current content that version 1 did not include. */
export type ColumnsSinceVersion1 = Pick<ClerkOwned, 'clerkDeprovisioned'>;

/** Text that the content hash is computed from: equal for equal content, whatever the order of the fields. */
export function canonicalContent(columns: ClerkOwned): string {
  return JSON.stringify(clerkOwnedColumns.map((name) => columns[name]));
}

/**
 * Texts that version 1 of the content had for these columns. It ended in `locked`, which is no longer content: either
 * value means the same.
 */
export function version1Contents(columns: ClerkOwned): readonly string[] {
  const { email, emailVerified, phoneNumber, phoneVerified } = columns;
  const { firstName, lastName, username, profileImageUrl, clerkBanned } = columns;
  const names = [firstName, lastName, username, profileImageUrl];
  return [false, true].map((locked) =>
    JSON.stringify([email, emailVerified, phoneNumber, phoneVerified, ...names, clerkBanned, locked]),
  );
}

/** A name to show: full name, else first, last, username, "User". */
export function displayName(columns: Pick<ClerkOwned, 'firstName' | 'lastName' | 'username'>): string {
  const first = columns.firstName?.trim();
  const last = columns.lastName?.trim();
  const username = columns.username?.trim();
  return (first && last ? `${first} ${last}` : first || last || username) || 'User';
}
