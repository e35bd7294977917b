import { type GetToken, type Schemas, createGatehouse } from '@gatehouse/client';
import { createStore } from './store';
import { gatewayUrl } from './settings';

/** What the phone exchange returned; null for people who signed in by e-mail. It lives in memory alone. */
export interface AuthState {
  readonly token: string;
  readonly user: Schemas['ExchangedUser'];
}

const store = createStore<AuthState | null>(null);

/** Stores what the exchange returned, or forgets it. */
export const setAuth = (auth: AuthState | null): void => store.set(auth);

/** The auth store, as components use it. */
export const useAuthStore = () => ({ token: store.use()?.token ?? null, user: store.use()?.user ?? null, setAuth });

/** The token of Gatehouse if there is one, else that of Clerk. An expired one is exchanged again. */
export function tokenOf(clerkToken: GetToken): GetToken {
  return async (options) => {
    const auth = store.get();
    if (auth === null) return clerkToken(options);
    if (options?.skipCache !== true) return auth.token;
    const clerk = createGatehouse({ baseUrl: gatewayUrl, getToken: clerkToken });
    const { data } = await clerk.POST('/auth/verify-clerk-token', { body: {} });
    setAuth(data);
    return data.token;
  };
}
