import { CredentialRefusedError } from '@gatehouse/auth';
import { OriginList } from '@gatehouse/config';
import { type GateRequest } from '../../caller/gate-request';
import { CredentialMissingError } from '../../errors';
import { Refused } from '../decision';
import { type RouteRules } from '../route-rules';
import { Navigations } from './navigations';

const APP = 'https://app.example.com';
const rules: RouteRules = {
  ...{ access: 'user', subject: '/*', scope: null, roles: null, tiers: null },
  ...{
    credentials: ['cookie'],
    acceptsConsole: false,
    cookieOrigins: new OriginList([`https://shop.example.com`]),
    rateClass: 'gate-read',
  },
};

interface Visit extends Partial<GateRequest> {
  readonly cookie?: string;
}

/** What a browser gets that asks for a page. */
function answerTo(
  { cookie, ...visit }: Visit,
  error: unknown = new CredentialMissingError(),
  signInUrl = `${APP}/sign-in`,
) {
  const navigations = new Navigations({
    ...{ publicUrl: `${APP}/`, redirectOrigins: ['https://docs.example.com'] },
    ...(signInUrl !== '' && { signInUrl }),
  });
  const request: GateRequest = {
    ...{ id: 'r', method: 'GET', url: '/orders/7?page=2', ip: '', askedOrigin: APP },
    ...{ headers: { 'sec-fetch-mode': 'navigate' }, rawHeaders: cookie === undefined ? [] : ['Cookie', cookie] },
    ...visit,
  };
  const { problem } = navigations.signIn(new Refused(error), rules, request);
  const { location, 'set-cookie': setCookie } = problem.headers ?? {};
  const back = location === undefined ? undefined : new URL(location).searchParams.get('redirect_url');
  return { status: problem.status, code: problem.code, location, back, setCookie };
}

describe('a navigation whose token is missing or expired', () => {
  it.each([
    ['PUBLIC_URL', APP, `${APP}/orders/7?page=2`],
    ['an origin of the route', 'https://shop.example.com', 'https://shop.example.com/orders/7?page=2'],
    ['an origin of REDIRECT_ORIGINS', 'https://docs.example.com:443', 'https://docs.example.com/orders/7?page=2'],
    ['PUBLIC_URL in capitals', 'https://APP.example.com', `${APP}/orders/7?page=2`],
  ])('goes to the sign-in page, and from there back to its page on %s', (_, askedOrigin, back) => {
    for (const error of [new CredentialMissingError(), new CredentialRefusedError('token_expired')]) {
      expect(answerTo({ askedOrigin }, error)).toMatchObject({ status: 302, code: error.code, back });
    }
  });

  it('keeps the query of the sign-in page', () => {
    const { location } = answerTo({}, undefined, 'https://id.example.com/in?app=shop');
    expect(location).toBe(
      'https://id.example.com/in?app=shop&redirect_url=https%3A%2F%2Fapp.example.com%2Forders%2F7%3Fpage%3D2',
    );
  });

  it.each<[string, Visit]>([
    ['another host', { askedOrigin: 'https://evil.example' }],
    ['our host as a prefix', { askedOrigin: 'https://app.example.com.evil.example' }],
    ['our host as a user', { askedOrigin: 'https://app.example.com@evil.example' }],
    ['another port', { askedOrigin: 'https://app.example.com:8443' }],
    ['another scheme', { askedOrigin: 'http://app.example.com' }],
    ['no host', { askedOrigin: 'https://' }],
    ['an edge that does not know the host', { askedOrigin: undefined }],
    ['a URL that is too long', { url: `/${'a'.repeat(2_048)}` }],
    ['the sign-in page itself', { url: '/Sign-In/?redirect_url=/' }],
    ['the route that creates users', { url: '/api/clerk/syncUsers' }],
    ['POST', { method: 'POST' }],
    ['HEAD', { method: 'HEAD' }],
    ['a script', { headers: { 'sec-fetch-mode': 'cors' } }],
    ['a program that is no browser', { headers: {} }],
    ['two modes', { headers: { 'sec-fetch-mode': 'navigate, cors' } }],
  ])('is refused, not redirected: %s', (_, visit) => {
    expect(answerTo(visit)).toMatchObject({ status: 401, code: 'credential_missing', location: undefined });
  });

  it('is refused without SIGN_IN_URL', () => {
    expect(answerTo({}, undefined, '')).toMatchObject({ status: 401, location: undefined });
  });

  it.each([
    new CredentialRefusedError('token_party_unlisted'),
    new CredentialRefusedError('token_revoked'),
    new RangeError('a fault'),
  ])('is not redirected for any other reason: $code', (error) => {
    expect(answerTo({}, error).location).toBeUndefined();
  });
});

describe('a redirect loop', () => {
  const cookieOf = ({ setCookie = '' }) => /^[^;]*/.exec(setCookie)?.[0] ?? '';

  it('ends after two visits to the sign-in page, and may begin anew', () => {
    const visits = [answerTo({})];
    for (let visit = 0; visit < 3; visit++) visits.push(answerTo({ cookie: `a=b; ${cookieOf(visits.at(-1)!)}` }));
    expect(visits.map(({ status }) => status)).toEqual([302, 302, 401, 302]);
    expect(visits[0]?.setCookie).toMatch(
      /^gatehouse_navigation=1-[0-9a-f]{8}; Max-Age=60; Path=\/orders\/7; HttpOnly; SameSite=Lax; Secure$/,
    );
    expect(visits[2]).toMatchObject({ code: 'sign_in_loop', location: undefined });
    expect(visits[2]?.setCookie).toMatch(/^gatehouse_navigation=; Max-Age=0; Path=\/orders\/7; /);
  });

  it('is counted for each page, because a browser opens many when it starts', () => {
    const twice = cookieOf(answerTo({ cookie: cookieOf(answerTo({})) }));
    expect(answerTo({ cookie: twice }).status).toBe(401);
    expect(answerTo({ cookie: twice, url: '/orders' })).toMatchObject({ status: 302 });
    expect(answerTo({ cookie: `${cookieOf(answerTo({ url: '/' }))}; ${twice}` }).status).toBe(401);
  });

  it.each(['gatehouse_navigation=9', 'gatehouse_navigation=x-1', 'gatehouse_navigation=', 'other=2-0'])(
    'is not found in the cookie %s',
    (cookie) => expect(answerTo({ cookie }).status).toBe(302),
  );
});
