import { type ClerkOwned } from './clerk-owned-columns';

/** Name to show: first and last name, else either of them, else the username, else "User". */
export function displayName(columns: Pick<ClerkOwned, 'firstName' | 'lastName' | 'username'>): string {
  const first = columns.firstName?.trim();
  const last = columns.lastName?.trim();
  const username = columns.username?.trim();
  return (first && last ? `${first} ${last}` : first || last || username) || 'User';
}
