import 'server-only';
import { cache } from 'react';
import { redirect } from 'next/navigation';
import { auth } from '@clerk/nextjs/server';
import { type Schemas } from '@gatehouse/client';
import { isUserRole, type UserRole } from '@/permissions/general';
import { gatehouse } from './gatehouse';
import { syncPath } from './sync-path';
import { syncStateOf } from './sync-state';

/** The signed-in user. */
export interface CurrentUser {
  readonly clerkUserId: string;
  /** Id in Gatehouse. */
  readonly userId: string;
  readonly role: UserRole;
  /** Where id and role come from: the session token costs nothing, the gateway a request. */
  readonly source: 'token' | 'gateway';
  /** Whether new tokens have id and role. False after a metadata collision, for example. */
  readonly claimsArrive: boolean;
}

/** The user as the gateway returns it. However many components ask, a page asks the gateway once. */
export const getUser = cache(async (): Promise<Schemas['Me']> => (await (await gatehouse()).GET('/api/me')).data);

/**
 * The signed-in user; null if nobody is signed in, `unsynced` if the gateway has not been told of the session yet and
 * its token does not have our id.
 */
export const getCurrentUser = cache(async (): Promise<CurrentUser | 'unsynced' | null> => {
  const { userId: clerkUserId, sessionId, sessionClaims } = await auth();
  if (clerkUserId === null) return null;
  const synced = await syncStateOf(sessionId);
  const claimsArrive = synced === undefined || ['written', 'pending'].includes(synced.metadata);
  const { dbId, role } = sessionClaims;
  const isOurs = dbId && (synced === undefined || synced.userId === dbId);
  if (claimsArrive && isOurs && isUserRole(role))
    return { clerkUserId, userId: dbId, role, source: 'token', claimsArrive };
  // Without the cookie, a token that never gets the claims would redirect for ever.
  if (synced === undefined) return 'unsynced';
  const user = await getUser();
  return { clerkUserId, userId: user.id, role: user.role, source: 'gateway', claimsArrive };
});

/** The user of a protected page. Others are redirected: to sign in, or to be synced, and then back to `path`. */
export async function requireUser(path: string): Promise<CurrentUser> {
  const user = await getCurrentUser();
  if (user === null) return (await auth()).redirectToSignIn({ returnBackUrl: path });
  if (user === 'unsynced') redirect(syncPath(path));
  return user;
}
