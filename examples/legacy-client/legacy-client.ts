import { type Gatehouse, createGatehouse } from '@gatehouse/client';

/** A session of a local user: a token of Gatehouse, got with e-mail address and password. */
export interface Session {
  readonly gatehouse: Gatehouse;
  logOut(): Promise<void>;
}

/** Logs in. The token lives in memory alone. */
export async function logIn(baseUrl: string, email: string, password: string): Promise<Session> {
  let token: string | null = null;
  const gatehouse = createGatehouse({ baseUrl, getToken: () => token });
  token = (await gatehouse.POST('/auth/login', { body: { email, password } })).data.token;
  return {
    gatehouse,
    logOut: async () => {
      await gatehouse.POST('/auth/logout');
      token = null;
    },
  };
}

/** What the user may still use this month. */
export async function allowance({ gatehouse }: Session): Promise<string> {
  const { data: me } = await gatehouse.GET('/api/me');
  const left = me.quotas === null ? 'The quota is not known now.' : `${me.quotas.tokens.remaining} tokens are left.`;
  return `Hello ${me.fullName}! ${left}`;
}
