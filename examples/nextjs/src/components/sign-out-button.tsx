'use client';
import { useAuth, useClerk } from '@clerk/nextjs';

export function SignOutButton() {
  const { isLoaded } = useAuth();
  const { signOut } = useClerk();
  return (
    <button disabled={!isLoaded} onClick={() => void signOut({ redirectUrl: '/' })}>
      Sign out
    </button>
  );
}
