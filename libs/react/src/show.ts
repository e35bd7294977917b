import { type Schemas } from '@gatehouse/client';
import { type ReactElement, type ReactNode, Fragment, createElement } from 'react';
import { type Me } from './account';
import { useAuth, useUser } from './person';

/** When {@link Show} shows its children. */
export type ShowWhen =
  | 'loading'
  | 'signed-in'
  | 'signed-out'
  | { readonly role: Schemas['Role'] | readonly Schemas['Role'][] }
  | { readonly tier: Schemas['Tier'] | readonly Schemas['Tier'][] }
  | ((user: Me) => boolean);

/** Properties of {@link Show}. */
export interface ShowProps {
  readonly when: ShowWhen;
  /** Shown otherwise, once it is known who is signed in. */
  readonly fallback?: ReactNode;
  readonly children?: ReactNode;
}

/**
 * Shows its children to some people. It hides nothing from an attacker: the gateway decides what each person may read.
 * @example <Show when={{ role: 'admin' }} fallback="Admins only">…</Show>
 */
export function Show({ when, fallback, children }: ShowProps): ReactElement {
  const { isLoading, isAuthenticated } = useAuth();
  const { user } = useUser();
  const isShown =
    typeof when === 'string' ? when === stateOf(isLoading, isAuthenticated) : user !== null && fits(user, when);
  return createElement(Fragment, null, isShown ? children : isLoading ? null : fallback);
}

function stateOf(isLoading: boolean, isAuthenticated: boolean): ShowWhen {
  if (isAuthenticated) return 'signed-in';
  return isLoading ? 'loading' : 'signed-out';
}

function fits(user: Me, when: Exclude<ShowWhen, string>): boolean {
  if (typeof when === 'function') return when(user);
  if ('role' in when) return [when.role].flat().includes(user.role);
  return [when.tier].flat().includes(user.subscription);
}
