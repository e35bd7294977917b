import 'server-only';
import { cookies } from 'next/headers';
import { type Schemas } from '@gatehouse/client';

/** Cookie that remembers for a session that its user has been synced. */
export const SYNC_COOKIE = 'gatehouse_sync';

/** What is remembered of a sync. */
interface SyncState {
  /** Id of the user in Gatehouse. */
  readonly userId: string;
  /** What became of the user's metadata at Clerk: `written`, `pending`, `collision`, `failed` or `off`. */
  readonly metadata: string;
}

/** The value of the cookie. @param synced response of `POST /api/clerk/syncUsers` of the gateway */
export function syncCookie(sessionId: string, { user, metadata = 'written' }: Schemas['SyncedMe']): string {
  return [sessionId, user.id, metadata].join('.');
}

/** Undefined if the user has not been synced in this session. People can forge the cookie: do not decide access by it. */
export async function syncStateOf(sessionId: string): Promise<SyncState | undefined> {
  const [synced, userId, metadata] = (await cookies()).get(SYNC_COOKIE)?.value.split('.') ?? [];
  return synced === sessionId && userId && metadata ? { userId, metadata } : undefined;
}
