import { type PROVIDER } from '../clerk/external-account';

/** How a browser signed in. */
export type SignInStrategy = 'email_code' | 'phone_code' | typeof PROVIDER;

/** What Clerk knows of one browser: its sessions, and the sign-in and sign-up under way. Times in ms since 1970. */
export interface BrowserClient {
  readonly id: string;
  /** In the order of their sign-ins. Sessions that have ended stay until the client is stored again. */
  readonly session_ids: readonly string[];
  readonly last_active_session_id: string | null;
  readonly last_authentication_strategy: SignInStrategy | null;
  readonly sign_in_id: string | null;
  readonly sign_up_id: string | null;
  readonly created_at: number;
  /** When a session was added, ended or made the active one. Clerk's scripts write it to the cookie `__client_uat`. */
  readonly updated_at: number;
}

/** A client without sessions. @param now ms since 1970 */
export function newBrowserClient(id: string, now: number): BrowserClient {
  return {
    id,
    session_ids: [],
    last_active_session_id: null,
    last_authentication_strategy: null,
    sign_in_id: null,
    sign_up_id: null,
    created_at: now,
    updated_at: now,
  };
}
