import { type ClerkOwned } from '@gatehouse/lifecycle';
import { type UserEntity } from '../database/user.entity';

type AtClerk = Pick<ClerkOwned, 'clerkBanned' | 'clerkDeprovisioned'>;

/** Whether Clerk lets the user act: it is neither banned nor deprovisioned. A lockout restricts signing in at Clerk alone. */
export function mayActAtClerk({ clerkBanned, clerkDeprovisioned }: AtClerk): boolean {
  return !clerkBanned && !clerkDeprovisioned;
}

/** Whether the user may act: no admin has deactivated it, and Clerk lets it act. */
export function mayAct(user: AtClerk & Pick<UserEntity, 'isActive'>): boolean {
  return user.isActive && mayActAtClerk(user);
}

/** The same as a condition on a row of `users`. */
export const mayActSql = 'is_active AND NOT clerk_banned AND NOT clerk_deprovisioned';
