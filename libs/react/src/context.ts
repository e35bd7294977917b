import { type Gatehouse } from '@gatehouse/client';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { type ClerkUser } from './clerk';
import { type LiveStatus } from './live-status';
import { SignIn } from './sign-in';

/** What the provider gives the hooks. */
export interface Page {
  /** The current sign-in. Without options while nobody is signed in. */
  readonly signIn: SignIn;
  /** Whether Clerk does not know yet who is signed in. */
  readonly isLoading: boolean;
  readonly clerkUser: ClerkUser | null;
  /** Sends Clerk's token of whoever is signed in, also directly after a sign-in. */
  readonly asClerk: Gatehouse;
  readonly signOut: () => Promise<void>;
}

export const nobody = new SignIn();

export const PageContext = createContext<Page>({
  signIn: nobody,
  isLoading: true,
  clerkUser: null,
  asClerk: nobody.gatehouse,
  signOut: async () => undefined,
});

/** Returns what the provider gives. Without a provider, Clerk is loading for ever. */
export function usePage(): Page {
  return useContext(PageContext);
}

/** Returns the client, which sends requests as the person who is signed in. */
export function useGatehouse(): Gatehouse {
  return usePage().signIn.gatehouse;
}

/** Returns the state of live updates, so that the page can tell when it shows old data. */
export function useLive(): LiveStatus {
  const { signIn } = usePage();
  return useSyncExternalStore(signIn.subscribe, signIn.liveStatus, signIn.liveStatus);
}
