import { CLERK_USER } from '../support/attacked-gateway';
import { mint } from '../support/clerk-tokens';
import { signingPair } from '../support/key-server';
import { PUBLIC_URL } from '../support/test-gateway';
import { type Attack, type AttackTable, type Case, STRANGER, now, target } from './attack';

/**
 * Routes that the attacks aim at. The policy of an edge that runs them has them: `/cart/*` accepts every credential, and
 * `/basket/*` no cookie.
 */
export const cookieRoutes = (place: string) => `
  - { path: /cart/*, ${place}, access: user, credentials: [bearer, api_key, cookie] }
  - { path: /basket/*, ${place}, access: user, credentials: [bearer, api_key] }
`;

type Header = readonly [name: string, value: string];

const OWN: Header = ['Origin', PUBLIC_URL];
const other = signingPair('ins_9');
const ofAda = (claims: Record<string, unknown> = {}) => mint(target().pair, CLERK_USER, { claims });
const ofEve = (claims: Record<string, unknown> = {}) => mint(target().pair, 'user_eve', { claims });
const ofOtherInstance = () =>
  mint(other, 'user_eve', { claims: { iss: 'https://other.clerk.example', iat: now() + 9 } });

/** A request of a browser with a cookie. `secret` is the signature of Ada's token. */
const browse = async (
  cookie: string | Promise<string>,
  headers: readonly Header[] = [],
  method = 'GET',
  path = '/cart/1',
): Promise<Attack> => {
  const value = await cookie;
  return { request: { method, path, headers: [['Cookie', value], ...headers] }, secret: value.split('.').at(-1) ?? '' };
};
const session = async (token: string | Promise<string> = ofAda()) => `__session=${await token}`;
const two = async (first: string | Promise<string>, second: string | Promise<string>) =>
  `__session=${await first}; __session_wIaT1O5k=${await second}`;

const origins: readonly (readonly [name: string, headers: readonly Header[]])[] = [
  ['no origin', []],
  ['a form on another site', [['Origin', 'https://evil.example']]],
  ['a page in a sandbox', [['Origin', 'null']]],
  ['a page of a sibling domain', [['Origin', 'https://www.example.com']]],
  ['a page of a subdomain', [['Origin', 'https://evil.api.example.com']]],
  ['a page over plain HTTP', [['Origin', 'http://api.example.com']]],
  ['a page of another port', [['Origin', 'https://api.example.com:8443']]],
  ['a page that CORS_ORIGINS lists, and the route does not', [['Origin', 'https://app.example.com']]],
  ['two origins', [OWN, ['Origin', 'https://evil.example']]],
  ['the right Referer alone', [['Referer', `${PUBLIC_URL}/cart`]]],
];

const forged: Case[] = [
  ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'].flatMap((method) =>
    origins
      .slice(0, 4)
      .map(([name, headers]): Case => [
        `${method} of ${name}`,
        403,
        'cookie_origin_refused',
        () => browse(session(), headers, method),
      ]),
  ),
  ...origins
    .slice(4)
    .map(([name, headers]): Case => [
      `POST of ${name}`,
      403,
      'cookie_origin_refused',
      () => browse(session(), headers, 'POST'),
    ]),
  ...origins
    .slice(1, 9)
    .map(([name, headers]): Case => [`GET of ${name}`, 403, 'cookie_origin_refused', () => browse(session(), headers)]),
];

/** Requests that make a browser act for its user without the user's will. */
export const forgedRequests: AttackTable = {
  title: 'a page of a stranger cannot use the session cookie',
  cases: [
    ...forged,
    [
      'a WebSocket of another site',
      403,
      'cookie_origin_refused',
      () => browse(session(), [...socket, ['Origin', 'https://evil.example']]),
    ],
    ['a WebSocket without an origin', 403, 'cookie_origin_refused', () => browse(session(), socket)],
  ],
};

const socket: Header[] = [
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
  ['Sec-WebSocket-Version', '13'],
];

/** Cookies that do not prove who is calling. */
export const cookies: AttackTable = {
  title: 'a cookie that proves nothing is rejected',
  cases: [
    ['none', 401, 'credential_missing', () => browse('a=b')],
    ['an empty one', 401, 'credential_missing', () => browse('__session=; __session_wIaT1O5k=')],
    ['garbage', 401, 'token_malformed', () => browse('__session=garbage')],
    ['one whose name is in another case', 401, 'credential_missing', async () => browse(`__SESSION=${await ofAda()}`)],
    ['one of another Clerk instance', 401, 'token_issuer_unknown', () => browse(session(ofOtherInstance()))],
    [
      'one that another instance signed in our name',
      401,
      'token_signature_invalid',
      () => browse(session(mint({ ...other, kid: target().pair.kid }, CLERK_USER, { claims: { sid: STRANGER } }))),
    ],
    ['one without azp', 401, 'token_party_missing', () => browse(session(ofAda({ azp: undefined })))],
    [
      'one with the azp of a sibling domain',
      401,
      'token_party_unlisted',
      () => browse(session(ofAda({ azp: 'https://www.example.com' }))),
    ],
    ['one with an empty azp', 401, 'token_party_unlisted', () => browse(session(ofAda({ azp: '' })))],
    [
      'an expired one',
      401,
      'token_expired',
      () => browse(session(ofAda({ exp: now() - 60, iat: now() - 120, nbf: now() - 130 }))),
    ],
    ['one of an ended session', 401, 'token_revoked', () => browse(session(mint(target().pair, 'user_signedout')))],
    ['one of an inactive user', 403, 'account_inactive', () => browse(session(mint(target().pair, 'user_inactive')))],
    ['a Gatehouse token', 401, 'token_issuer_unknown', () => browse(session(target().legacy()))],
    ['an API key', 401, 'token_malformed', () => browse(session(target().key()))],
    [
      'tokens of two users, as a sibling domain can add one',
      400,
      'session_cookies_conflict',
      () => browse(two(ofAda(), ofEve())),
    ],
    [
      'tokens of two users in reverse order',
      400,
      'session_cookies_conflict',
      () => browse(two(ofEve(), ofAda({ iat: now() - 5 }))),
    ],
    [
      'a good one on a route that accepts none',
      401,
      'credential_missing',
      () => browse(session(), [], 'GET', '/basket'),
    ],
    [
      'a good one beside an API key that does not exist',
      401,
      'api_key_malformed',
      () => browse(session(), [['X-API-Key', 'sk_prod_nonsense']]),
    ],
    [
      'a good one beside a rejected token',
      401,
      'token_malformed',
      () => browse(session(), [['Authorization', 'Bearer a.b.c']]),
    ],
    [
      'a good one beside a token in the query',
      400,
      'credential_in_query',
      async () => browse(session(), [], 'GET', `/cart?token=${await ofAda()}`),
    ],
  ],
};

/** Requests with the session cookie that a browser sends for a page of the application. */
export const honestRequests: readonly (readonly [name: string, request: () => Promise<Attack>])[] = [
  ['a navigation', () => browse(session(), [['Sec-Fetch-Mode', 'navigate']])],
  ...['POST', 'PUT', 'PATCH', 'DELETE'].map((method) => [method, () => browse(session(), [OWN], method)] as const),
  ['the suffixed cookie alone', async () => browse(`__session_wIaT1O5k=${await ofAda()}`)],
  ['the cookie of another application beside it', () => browse(two(ofOtherInstance(), ofAda()))],
  ['the newer of two tokens of one user', () => browse(two(ofAda({ iat: now() - 5 }), ofAda()))],
  ['the password of a staging site', () => browse(session(), [['Authorization', 'Basic dXNlcjpwYXNz']])],
  [
    "a parameter of Clerk's",
    () => browse(session(), [], 'GET', '/cart?__clerk_handshake=eyJhbGciOiJSUzI1NiJ9.e30.AAAA'),
  ],
];
