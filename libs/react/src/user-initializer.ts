import { type GatehouseError } from '@gatehouse/client';
import { type ReactElement, type ReactNode, Fragment, createElement } from 'react';
import { usePage } from './context';
import { useAuth, useUser } from './person';

/** Properties of {@link UserInitializer}. */
export interface UserInitializerProps {
  /** Shown until it is known who is signed in. */
  readonly loading?: ReactNode;
  /** Shown when nobody is signed in. */
  readonly signedOut?: ReactNode;
  /** Shown when the person is signed in at Clerk, and Gatehouse refuses the person or cannot be reached. */
  readonly failed?: (failure: Failure) => ReactNode;
  readonly children?: ReactNode;
}

/** Why there is no user. */
export interface Failure {
  readonly error: GatehouseError;
  readonly retry: () => Promise<void>;
  readonly signOut: () => Promise<void>;
}

/** Shows its children once the person who is signed in exists at Gatehouse. Below it, `useAuth().user` is never null. */
export function UserInitializer({ loading, signedOut, failed, children }: UserInitializerProps): ReactElement {
  const { signIn, signOut } = usePage();
  const { isLoading, isAuthenticated } = useAuth();
  const { error, retry } = useUser();
  const shown = () => {
    if (isAuthenticated) return children;
    if (isLoading) return loading;
    if (signIn.options === undefined || error === null) return signedOut;
    return failed?.({ error, retry, signOut });
  };
  return createElement(Fragment, null, shown());
}
