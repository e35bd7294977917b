import { type BarringField, type ClerkOwned, barringFields, clerkOwnedColumns } from '@gatehouse/lifecycle';
import { type UserEntity } from '../database/user.entity';

type AtClerk = Pick<ClerkOwned, BarringField>;

/**
 * Whether the user is neither banned nor deprovisioned at Clerk. A lockout does not count: it only prevents signing in
 * at Clerk.
 */
export function mayActAtClerk(user: AtClerk): boolean {
  return barringFields.every((field) => !user[field]);
}

/** Whether the user may act: no admin has deactivated it, and it is neither banned nor deprovisioned at Clerk. */
export function mayAct(user: AtClerk & Pick<UserEntity, 'isActive'>): boolean {
  return user.isActive && mayActAtClerk(user);
}

/** {@link mayAct} as a condition on a row of `users`. */
export const mayActSql = ['is_active', ...barringFields.map((field) => `NOT ${clerkOwnedColumns[field].column}`)].join(
  ' AND ',
);
