import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { auth } from '@clerk/nextjs/server';
import { ownPath, syncPath } from '@/services/sync-path';

/** Where the person goes after signing in. Redirects there who is signed in already. */
export async function targetOf(searchParams: Promise<Record<string, string | string[] | undefined>>): Promise<string> {
  const { redirect_url: url } = await searchParams;
  const requested = await headers();
  const host = requested.get('x-forwarded-host') ?? requested.get('host');
  const scheme = requested.get('x-forwarded-proto') ?? 'http';
  const target = ownPath(typeof url === 'string' ? url : null, `${scheme}://${host}`);
  if ((await auth()).isAuthenticated) redirect(syncPath(target));
  return target;
}
