import { type GetToken } from '@gatehouse/client';

/** What the provider reads of Clerk's `useAuth()`. */
export interface ClerkAuth {
  readonly isLoaded: boolean;
  readonly isSignedIn: boolean | undefined;
  readonly userId: string | null | undefined;
  readonly sessionId: string | null | undefined;
  readonly getToken: GetToken;
  readonly signOut: () => Promise<void>;
}

/** The part of Clerk's user that pages show. Clerk's own type has more: `useAuth<UserResource>()`. */
export interface ClerkUser {
  readonly id: string;
  readonly fullName: string | null;
  readonly primaryEmailAddress: { readonly emailAddress: string } | null;
  readonly imageUrl: string;
}

/** Clerk's hooks, as `@clerk/react` 6 and the packages on top of it export them. */
export interface ClerkHooks {
  readonly useAuth: () => ClerkAuth;
  readonly useUser: () => { readonly user: ClerkUser | null | undefined };
}
