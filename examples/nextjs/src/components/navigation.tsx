import Link from 'next/link';
import { canAccessAdminPages } from '@/permissions/general';
import { getCurrentUser } from '@/services/current-user';
import { NavigationLink } from './navigation-link';
import { SessionKeeper } from './session-keeper';
import { SignOutButton } from './sign-out-button';

/** Shows each caller the pages that are meant for them. */
export async function Navigation() {
  const user = await getCurrentUser().catch(() => 'unknown' as const);
  const known = typeof user === 'object' ? user : null;
  return (
    <header>
      <nav aria-label="Main">
        <Link href="/" className="brand">
          Shopping list
        </Link>
        {user === null ? (
          <>
            <NavigationLink href="/sign-in">Sign in</NavigationLink>
            <Link href="/sign-up" className="button">
              Sign up
            </Link>
          </>
        ) : (
          <>
            <NavigationLink href="/dashboard">My list</NavigationLink>
            {known && canAccessAdminPages(known) && <NavigationLink href="/admin">Admin</NavigationLink>}
            <SignOutButton />
          </>
        )}
      </nav>
      {known && <SessionKeeper {...known} />}
    </header>
  );
}
