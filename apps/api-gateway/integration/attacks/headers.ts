import { randomUUID } from 'node:crypto';
import { CLERK_USER } from '../support/attacked-gateway';
import { mint } from '../support/clerk-tokens';
import { bearer, withKey, target, type AttackTable } from './attack';

const having = (...list: (readonly [string, string])[]) => ({ request: { headers: list } });
const token = () => mint(target().pair, CLERK_USER);

export const headers: AttackTable = {
  title: 'ambiguous or malformed credentials are rejected',
  cases: [
    [
      'Authorization repeated',
      400,
      'credential_repeated',
      async () => {
        const value = `Bearer ${await token()}`;
        return having(['Authorization', value], ['Authorization', value]);
      },
    ],
    [
      'Authorization repeated in another case',
      400,
      'credential_repeated',
      async () => having(['Authorization', `Bearer ${await token()}`], ['AUTHORIZATION', 'Bearer x']),
    ],
    ['tokens joined by a comma', 400, 'credential_repeated', async () => bearer(`${await token()},${await token()}`)],
    [
      'X-API-Key repeated',
      400,
      'credential_repeated',
      () => {
        const key = target().key();
        return having(['X-API-Key', key], ['x-api-key', key]);
      },
    ],
    ['keys joined by a comma', 400, 'credential_repeated', () => withKey(`${target().key()}, ${target().key()}`)],
    [
      'two different keys',
      400,
      'credential_conflict',
      () => withKey(target().key(), { headers: [['Authorization', `Bearer ${target().key()}`]] }),
    ],
    [
      'an invalid key beside a valid token',
      401,
      'api_key_malformed',
      async () => withKey('sk_prod_nonsense', { headers: [['Authorization', `Bearer ${await token()}`]] }),
    ],
    [
      'an empty key beside a valid token',
      400,
      'credential_malformed',
      async () => having(['X-API-Key', ''], ['Authorization', `Bearer ${await token()}`]),
    ],
    ['a JWT as API key', 401, 'credential_unknown', async () => withKey(await token())],
    ['two spaces in the token', 400, 'credential_malformed', async () => bearer((await token()).replace('.', '. '))],
    [
      'a tab after Bearer',
      401,
      'credential_scheme_unsupported',
      async () => having(['Authorization', `Bearer\t${await token()}`]),
    ],
    [
      'a non-breaking space',
      401,
      'credential_scheme_unsupported',
      async () => having(['Authorization', `Bearer\u00a0${await token()}`]),
    ],
    ['a token with a non-ASCII letter', 400, 'credential_malformed', async () => bearer(`${await token()}\u00e9`)],
    ['a key with a non-ASCII letter', 400, 'credential_malformed', () => withKey(`${target().key()}\u00e9`)],
    ['a key with a space inside', 400, 'credential_malformed', () => withKey(target().key().replace('_', ' _'))],
    ['a NUL', 400, 'bad_request', async () => having(['Authorization', `Bearer ${await token()}\0`])],
    ['a folded header', 400, 'bad_request', async () => having(['Authorization', `Bearer\r\n ${await token()}`])],
    ['Basic', 401, 'credential_scheme_unsupported', () => having(['Authorization', 'Basic dXNlcjpodXNo'])],
    ['Digest', 401, 'credential_scheme_unsupported', () => having(['Authorization', 'Digest username="a"'])],
    ['Bearer alone', 400, 'credential_malformed', () => having(['Authorization', 'Bearer'])],
    [
      'a token without a scheme',
      401,
      'credential_scheme_unsupported',
      async () => having(['Authorization', await token()]),
    ],
    [
      'Proxy-Authorization',
      401,
      'credential_missing',
      async () => having(['Proxy-Authorization', `Bearer ${await token()}`]),
    ],
    ['a token in a cookie', 401, 'credential_missing', async () => having(['Cookie', `__session=${await token()}`])],
    ['a key in a cookie', 401, 'credential_missing', () => having(['Cookie', `X-API-Key=${target().key()}`])],
    [
      'a token in the query',
      400,
      'credential_in_query',
      async () => {
        const secret = await token();
        return { request: { path: `/api/me?token=${secret}` }, secret: secret.split('.')[2]! };
      },
    ],
    [
      'access_token in the query',
      400,
      'credential_in_query',
      () => ({ request: { path: '/api/me?access_token=hush-hush' }, secret: 'hush-hush' }),
    ],
    [
      'a key in the query under any name',
      400,
      'credential_in_query',
      () => {
        const secret = target().key();
        return { request: { path: `/api/me?x=${secret}` }, secret };
      },
    ],
    [
      'a token in the query beside a valid header',
      400,
      'credential_in_query',
      async () => bearer(await token(), { path: `/api/me?jwt=${await token()}` }),
    ],
    [
      'headers that name a user',
      401,
      'credential_missing',
      () => having(['X-User-Id', randomUUID()], ['X-Clerk-User-Id', CLERK_USER]),
    ],
    [
      'identity headers of a proxy',
      401,
      'credential_missing',
      () => having(['X-Forwarded-User', 'admin'], ['X-Remote-User', 'admin']),
    ],
    [
      'an internal envelope',
      401,
      'credential_missing',
      () =>
        having([
          'Gatehouse-Principal',
          target().sign({ subject: 'user-sync.me.get', body: Buffer.from('{}'), requestId: 'r', principal: null }),
        ]),
    ],
  ],
};
