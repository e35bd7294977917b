'use client';
import { useEffect } from 'react';
import { useRouter } from 'next/navigation';
import { useSession } from '@clerk/nextjs';
import { followChanges } from '@gatehouse/client/live';
import { type UserRole } from '@/permissions/general';
import { useGatehouse } from './use-gatehouse';

/** Waits before each new token, in ms. Gatehouse usually writes the role to Clerk within a second. */
const WAITS_MS = [0, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000];

/**
 * Shows a change of the user's role without a reload. Clerk puts it into the next session token, up to a minute later,
 * so this asks for a token at once. After the first sign-in it fetches the token that has id and role.
 */
export function SessionKeeper({
  role,
  source,
  claimsArrive,
}: {
  readonly role: UserRole;
  readonly source: 'token' | 'gateway';
  readonly claimsArrive: boolean;
}) {
  const { session } = useSession();
  const gatehouse = useGatehouse();
  const router = useRouter();

  useEffect(() => {
    if (!session) return;
    const stopped = new AbortController();
    const renew = async (wanted: UserRole): Promise<void> => {
      for (const waitMs of claimsArrive ? WAITS_MS : []) {
        await new Promise((resolve) => setTimeout(resolve, waitMs));
        if (stopped.signal.aborted) return;
        await session.getToken({ skipCache: true });
        if (session.lastActiveToken?.jwt?.claims.role === wanted) break;
      }
    };
    const show = async (wanted: UserRole): Promise<void> => {
      // Clerk may be unreachable, or the session may end meanwhile.
      await renew(wanted).catch(() => undefined);
      if (!stopped.signal.aborted) router.refresh();
    };
    if (source === 'gateway' && claimsArrive) void show(role);
    followChanges(gatehouse, {
      signal: stopped.signal,
      onReset: async () => {
        const { data } = await gatehouse.GET('/api/me');
        if (data.role !== role) void show(data.role);
      },
      onChange: ({ kind, data }) => {
        if (kind === 'profile' && data && data.role !== role) void show(data.role);
      },
    });
    return () => stopped.abort();
  }, [session?.id, gatehouse, router, role, source, claimsArrive]);
  return null;
}
