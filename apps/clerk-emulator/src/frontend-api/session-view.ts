import { type JsonObject } from '../clerk/json';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';
import { type PublicUserData, publicUserData, userView, type UserView } from './user-view';

/** A session as the Frontend API returns it. Times in ms since 1970. */
export interface SessionView {
  readonly object: 'session';
  readonly id: string;
  readonly status: ClerkSession['status'];
  readonly expire_at: number;
  readonly abandon_at: number;
  readonly last_active_at: number;
  readonly last_active_token: { readonly object: 'token'; readonly jwt: string } | null;
  readonly actor: JsonObject | null;
  readonly tasks: readonly { readonly key: string }[];
  readonly last_active_organization_id: string | null;
  readonly user: UserView;
  readonly public_user_data: PublicUserData;
  /** Minutes since the first and the second factor were verified; -1 for a factor that was not. */
  readonly factor_verification_age: readonly [number, number];
  readonly created_at: number;
  readonly updated_at: number;
}

/** @param jwt a token of the session; null for a session that has ended */
export function sessionView(session: ClerkSession, user: ClerkUser, jwt: string | null, now: number): SessionView {
  const { id, status, expire_at, abandon_at, last_active_at, actor, created_at, updated_at } = session;
  return {
    ...{ object: 'session', id, status, expire_at, abandon_at, last_active_at, actor, created_at, updated_at },
    last_active_token: jwt === null ? null : { object: 'token', jwt },
    tasks: status === 'pending' ? [{ key: 'choose-organization' }] : [],
    last_active_organization_id: session.last_active_organization_id,
    user: userView(user),
    public_user_data: publicUserData(user),
    factor_verification_age: [Math.max(0, Math.floor((now - created_at) / 60_000)), -1],
  };
}
