import { type GatehouseError } from '@gatehouse/client';
import { useMutation, useMutationState } from '@tanstack/react-query';
import { ME, type Me, type ProfilePatch, isRefusal } from './account';
import { type ClerkUser } from './clerk';
import { usePage } from './context';
import { renewalMs } from './renewal';
import { usePersonal } from './use-personal';

/** The person who is signed in, for the parts of a page that only need a name. Times are milliseconds since 1970. */
export interface AuthUser {
  /** Id at Gatehouse, not at Clerk. */
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  readonly avatarUrl: string | null;
  readonly createdAt: number;
  readonly lastActiveAt: number | null;
}

/** What {@link useAuth} returns. */
export interface Auth<User = ClerkUser> {
  /** Whether it is not known yet who is signed in. */
  readonly isLoading: boolean;
  /** Whether a person is signed in at Clerk, exists at Gatehouse and is accepted there. */
  readonly isAuthenticated: boolean;
  readonly user: AuthUser | null;
  /** Clerk's user. Give Clerk's type to see all of it: `useAuth<UserResource>()`. */
  readonly clerkUser: User | null;
  readonly signOut: () => Promise<void>;
}

/** What {@link useUser} returns. */
export interface UserState {
  /** The profile, with edits that are not confirmed yet; null until it is loaded, and after a refusal. */
  readonly user: Me | null;
  readonly isLoading: boolean;
  /** Whether an edit is not confirmed yet. */
  readonly isSaving: boolean;
  /** Why there is no profile, or why it could not be fetched again; null without a failure. */
  readonly error: GatehouseError | null;
  /**
   * Shows the change at once, and takes it back if the gateway refuses it. Rejects with the refusal, such as
   * `version_mismatch` if the profile was changed elsewhere since it was shown. Waits while the device is offline.
   * @param seen the version on which the person decided. Default: the one that is shown
   */
  readonly update: (patch: ProfilePatch, seen?: number) => Promise<void>;
  /** Fetches the profile again. */
  readonly retry: () => Promise<void>;
}

interface ProfileEdit {
  readonly patch: ProfilePatch;
  readonly seen: number;
}

/** Returns who is signed in. */
export function useAuth<User = ClerkUser>(): Auth<User> {
  const { clerkUser, isLoading, signOut } = usePage();
  const person = useUser();
  const isAuthenticated = person.user !== null;
  return {
    isLoading: isLoading || person.isLoading,
    isAuthenticated,
    user: person.user === null ? null : authUserOf(person.user),
    clerkUser: clerkUser as User | null,
    signOut,
  };
}

/** Returns the whole profile of the person who is signed in, and changes it. */
export function useUser(): UserState {
  const { signIn } = usePage();
  const { queries, account } = signIn;
  const { data, error, isLoading } = usePersonal(
    ME,
    (signal) => account.fetch(signal),
    (me) => renewalMs(me, Date.now(), signIn.spread),
  );
  const { mutateAsync } = useMutation(
    {
      mutationKey: ME,
      mutationFn: ({ patch, seen }: ProfileEdit) => account.update(patch, seen),
      onError: () => void queries.invalidateQueries({ queryKey: ME }),
      scope: { id: 'me' },
    },
    queries,
  );
  const pending = useMutationState(
    { filters: { mutationKey: ME, status: 'pending' }, select: (mutation) => mutation },
    queries,
  );
  const edits = pending.map(({ state }) => (state.variables as ProfileEdit).patch);
  const known = data !== undefined && !isRefusal(error) ? data : undefined;
  return {
    user: known === undefined ? null : edits.reduce<Me>((me, patch) => ({ ...me, ...patch }), known),
    isLoading,
    isSaving: edits.length > 0,
    error,
    update: (patch, seen = known?.version ?? 0) => mutateAsync({ patch, seen }),
    retry: () => signIn.retry(),
  };
}

function authUserOf(me: Me): AuthUser {
  return {
    id: me.id,
    name: me.fullName,
    email: me.email,
    avatarUrl: me.profileImageUrl,
    createdAt: Date.parse(me.createdAt),
    lastActiveAt: me.lastActiveAt === null ? null : Date.parse(me.lastActiveAt),
  };
}
