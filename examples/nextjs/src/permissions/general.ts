import { type Schemas } from '@gatehouse/client';

export type UserRole = Schemas['Role'];

/** All roles, the lowest first. */
export const userRoles = ['user', 'developer', 'admin'] as const satisfies readonly UserRole[];

/** Whether a claim is a role of Gatehouse. Clerk's metadata may hold anything. */
export function isUserRole(claim: unknown): claim is UserRole {
  return userRoles.some((role) => role === claim);
}

/** Decides what is shown. The gateway decides by itself whom it gives data. */
export function canAccessAdminPages({ role }: { readonly role: UserRole | undefined }): boolean {
  return role === 'admin';
}
