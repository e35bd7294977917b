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
  readonly clerkLocked: boolean;
}

/** A text that is equal for equal content, whatever the order in which fields were set: what the content hash hashes. */
export function canonicalContent(columns: ClerkOwned): string {
  return JSON.stringify([
    columns.email,
    columns.emailVerified,
    columns.phoneNumber,
    columns.phoneVerified,
    columns.firstName,
    columns.lastName,
    columns.username,
    columns.profileImageUrl,
    columns.clerkBanned,
    columns.clerkLocked,
  ]);
}

/** A name to show: full name, else first, last, username, "User". */
export function displayName(columns: Pick<ClerkOwned, 'firstName' | 'lastName' | 'username'>): string {
  const first = columns.firstName?.trim();
  const last = columns.lastName?.trim();
  const username = columns.username?.trim();
  return (first && last ? `${first} ${last}` : first || last || username) || 'User';
}
