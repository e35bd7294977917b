import { createHash } from 'node:crypto';
import { securityHeaders } from '../src/problems/security-headers';
import { attackGateway, expectRefused, now, strike, target } from './attacks/attack';
import { mint } from './support/clerk-tokens';
import { signingPair } from './support/key-server';
import { PUBLIC_URL } from './support/test-gateway';

attackGateway();

let users = 0;
/** A user with no counted requests. */
const someone = () => `user_${++users}`;

describe('the redirect after a sign-in', () => {
  const HOME = `${PUBLIC_URL}/`;
  const targets: [string, string, string][] = [
    ['another host', 'https://evil.example/', HOME],
    ['a host without scheme', '//evil.example/', HOME],
    ['three slashes', '///evil.example/', HOME],
    ['backslashes', '\\\\evil.example/', HOME],
    ['a slash and a backslash', '/\\evil.example/', HOME],
    ['a scheme without slashes', 'https:evil.example', `${PUBLIC_URL}/evil.example`],
    ['plain HTTP of our host', 'http://api.example.com/', HOME],
    ['another port', 'https://api.example.com:8443/', HOME],
    ['our host as user', 'https://api.example.com@evil.example/', HOME],
    ['credentials before our host', 'https://user:pass@api.example.com/', HOME],
    ['our host as prefix', 'https://api.example.com.evil.example/', HOME],
    ['our host as suffix', 'https://evil-api.example.com/', HOME],
    ['javascript', 'javascript:alert(1)', HOME],
    ['data', 'data:text/html,hush', HOME],
    ['a tab', '/\t/evil.example/', HOME],
    ['a line break', 'https://api.example.com/\r\nSet-Cookie: a=b', HOME],
    ['a leading space', ' https://evil.example/', HOME],
    ['a letter that looks like a slash', '/\uff0fevil.example/', `${PUBLIC_URL}/%EF%BC%8Fevil.example/`],
    ['letters that look like our host', 'https://\u0430pi.example.com/', HOME],
    ['a host that a full-width slash ends', 'https://evil.example\uff0fapi.example.com/', HOME],
    ['a full-width at sign', 'https://api.example.com\uff20evil.example/', HOME],
    ['an empty user', 'https://@evil.example/', HOME],
    ['a user without a name', 'https://:pass@api.example.com/', HOME],
    ['backslashes after the scheme', 'https:\\\\evil.example/', HOME],
    ['a backslash before an at sign', 'https://evil.example\\@api.example.com/', HOME],
    ['dots and slashes', '/.//evil.example/', HOME.replace(/\/$/, '//evil.example/')],
    ['an escaped slash', '/%2fevil.example/', `${PUBLIC_URL}/%2fevil.example/`],
    ['a host in the fragment', '/#//evil.example/', `${PUBLIC_URL}/#//evil.example/`],
    ['a fragment before the host', 'https://evil.example#@api.example.com/', HOME],
    ['a NUL', '/\0/evil.example/', HOME],
    ['a vertical tab', '\v//evil.example/', HOME],
    ['a line separator', '/\u2028/evil.example/', HOME],
    ['right-to-left text', '/\u202emoc.live/', HOME],
    ['a zero-width letter', 'https://api.example.com/\u200b', HOME],
    ['a trailing space', '/welcome ', HOME],
    ['another scheme', 'ftp://api.example.com/', HOME],
    ['a blob URL of our host', `blob:${PUBLIC_URL}/1`, HOME],
    ['a view-source URL', `view-source:${PUBLIC_URL}/`, HOME],
    ['an address in hex', 'http://0x7f.1/', HOME],
    ['2 049 letters', `/${'a'.repeat(2_048)}`, HOME],
    ['itself', '/api/clerk/syncUsers', HOME],
    ['this route as a whole URL', `${PUBLIC_URL}/api/clerk/syncUsers?redirect_url=/`, HOME],
    ['this route in another case', '/API/clerk/syncusers/', HOME],
    ['this route, escaped', '/api/clerk/sync%55sers', HOME],
    ['this route through another path', '/x/../api/clerk/syncUsers', HOME],
    ['an empty value', '', HOME],
    ['a path of ours', '/welcome?a=b#c', `${PUBLIC_URL}/welcome?a=b#c`],
    ['a path with a space', '/my orders?q=a b#c d', `${PUBLIC_URL}/my%20orders?q=a%20b#c%20d`],
    ['an IRI', '/café?städte=köln', `${PUBLIC_URL}/caf%C3%A9?st%C3%A4dte=k%C3%B6ln`],
    ['an IRI that is encoded', '/caf%C3%A9', `${PUBLIC_URL}/caf%C3%A9`],
    ['an invalid escape', '/100%', `${PUBLIC_URL}/100%`],
    ['a listed origin in capitals', 'HTTPS://SHOP.example.com:443/Cart', 'https://shop.example.com/Cart'],
    ['a listed origin', 'https://shop.example.com/cart', 'https://shop.example.com/cart'],
  ];
  it.each(targets)(
    'goes to redirect_url only if it is allowed, or else to the fallback: %s',
    async (_, wanted, expected) => {
      const path = `/api/clerk/syncUsers?redirect_url=${encodeURIComponent(wanted)}`;
      const token = await mint(target().pair, someone());
      const answer = await strike({
        request: { path, headers: [['Cookie', `__session=${token}`]] },
        secret: token.split('.')[2]!,
      });
      expect([answer.status, answer.headers.location]).toEqual([302, expected]);
      expect(answer.headers['set-cookie']).toBeUndefined();
    },
  );

  const go = async (query: string, ...headers: (readonly [string, string])[]) => {
    const cookie = ['Cookie', `__session=${await mint(target().pair, someone())}`] as const;
    return strike({ request: { path: `/api/clerk/syncUsers${query}`, headers: [cookie, ...headers] } });
  };

  it('goes to the fallback when redirect_url is repeated, even if both are allowed', async () => {
    const { status, headers } = await go('?redirect_url=/a&redirect_url=/a', ['Referer', `${PUBLIC_URL}/from`]);
    expect([status, headers.location]).toEqual([302, HOME]);
  });

  it('goes to the fallback when redirect_url is not allowed, even if the Referer is allowed', async () => {
    const answer = await go('?redirect_url=https://evil.example/', ['Referer', `${PUBLIC_URL}/from`]);
    expect(answer.headers.location).toBe(HOME);
  });

  it.each([
    '__clerk_ticket=eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
    '__clerk_handshake=eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
    '__clerk_db_jwt=dvb_1',
    '__dev_session=eyJhbGciOiJSUzI1NiJ9.e30.AAAA',
    '__clerk_status=verified',
    'utm_source=mail',
  ])('works with the unknown query parameter %s', async (parameter) => {
    const { status, headers } = await go(`?${parameter}&redirect_url=/welcome`);
    expect([status, headers.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
    if (parameter.includes('eyJ')) expect(target().logs()).not.toContain('eyJhbGciOiJSUzI1NiJ9.e30');
  });

  it('works with Basic credentials of a proxy', async () => {
    const { status, headers } = await go('?redirect_url=/welcome', ['Authorization', 'Basic dXNlcjpwYXNz']);
    expect([status, headers.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
  });

  it('works with a trailing slash', async () => {
    expect((await go('/?redirect_url=/welcome')).headers.location).toBe(`${PUBLIC_URL}/welcome`);
  });

  it('resolves redirect_url against PUBLIC_URL, not the Host header', async () => {
    const headers = [
      ['Cookie', `__session=${await mint(target().pair, someone())}`] as const,
      ['X-Forwarded-Host', 'evil.example'] as const,
      ['X-Forwarded-Proto', 'http'] as const,
      ['Forwarded', 'host=evil.example;proto=http'] as const,
    ];
    const path = '/api/clerk/syncUsers?redirect_url=/welcome';
    const { status, headers: answer } = await strike({ request: { path, headers } });
    expect([status, answer.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
  });

  it('goes to the Referer without redirect_url, if that is allowed', async () => {
    const token = await mint(target().pair, someone());
    const go = async (referer: string) =>
      (
        await strike({
          request: {
            path: '/api/clerk/syncUsers',
            headers: [
              ['Cookie', `a=b; __session=${token}`],
              ['Referer', referer],
            ],
          },
        })
      ).headers.location;
    expect(await go('https://evil.example/')).toBe(HOME);
    expect(await go(`${PUBLIC_URL}/from`)).toBe(`${PUBLIC_URL}/from`);
  });

  const expired = () => ({ exp: now() - 60, iat: now() - 120, nbf: now() - 130 });

  it.each([
    ['without a cookie', () => ''],
    ['with an empty cookie', () => '__session='],
    ['with an expired token', () => mint(target().pair, someone(), { claims: expired() })],
  ])('goes to the sign-in page %s, and from there back here, with an allowed target', async (_, cookie) => {
    const { status, headers: answer } = await strike({
      request: {
        path: '/api/clerk/syncUsers?redirect_url=https://evil.example/',
        headers: [['Cookie', `__session=${(await cookie()).replace('__session=', '')}`]],
      },
    });
    expect(status).toBe(302);
    const signIn = new URL(answer.location!);
    expect(signIn.origin + signIn.pathname).toBe('https://accounts.example.com/sign-in');
    const back = new URL(signIn.searchParams.get('redirect_url')!);
    expect(back.origin + back.pathname).toBe(`${PUBLIC_URL}/api/clerk/syncUsers`);
    expect(back.searchParams.get('redirect_url')).toBe(HOME);
  });

  it('is never an answer to POST, which does not accept the cookie', async () => {
    const token = await mint(target().pair, someone());
    const request = {
      method: 'POST',
      path: '/api/clerk/syncUsers',
      headers: [['Cookie', `__session=${token}`] as const],
    };
    await expectRefused(401, 'credential_missing', { request });
  });
});

describe('a browser whose session is rejected gets a page instead of a redirect', () => {
  const navigation = [['Sec-Fetch-Mode', 'navigate'] as const, ['Accept', 'text/html,*/*;q=0.8'] as const];
  const future = () => ({ iat: now() + 8, nbf: now() - 2, exp: now() + 68 });
  const refused: [string, number, string, () => Promise<string> | string][] = [
    ['an azp that is not listed', 401, 'token_party_unlisted', () => token({ azp: 'https://other.example' })],
    ['an actor', 401, 'token_impersonated', () => token({ act: { sub: 'user_eve' } })],
    ['a clock that is 8 s ahead of ours', 401, 'token_not_yet_valid', () => token(future())],
    ['another issuer', 401, 'token_issuer_unknown', () => token({ iss: 'https://other.clerk.example' })],
    ['a task that is pending', 401, 'token_session_pending', () => token({ sts: 'pending' })],
    ['an algorithm that is not accepted', 401, 'token_alg_unsupported', () => token({}, { alg: 'none' })],
    ['no JWT', 401, 'token_malformed', () => 'nonsense'],
    ['a Gatehouse token', 401, 'token_issuer_unknown', () => target().legacy()],
  ];
  const token = (claims: Record<string, unknown>, header: Record<string, unknown> = {}) =>
    target().clerkText(JSON.stringify(target().header(header)), JSON.stringify(target().claims(claims)));
  const ask = async (cookie: string, headers: readonly (readonly [string, string])[]) =>
    strike({
      request: { path: '/api/clerk/syncUsers?redirect_url=/welcome', headers: [['Cookie', cookie], ...headers] },
    });

  it.each(refused)('for %s, and a script gets JSON', async (_, status, code, make) => {
    const cookie = `__session=${await make()}`;
    const page = await ask(cookie, navigation);
    expect([page.status, page.headers['content-type'], page.headers.location]).toEqual([
      ...[status, 'text/html; charset=utf-8', undefined],
    ]);
    const style = /<style>(.*)<\/style>/s.exec(page.text)?.[1] ?? '';
    expect(page.headers['content-security-policy']).toBe(
      `${securityHeaders['content-security-policy']}; style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    );
    expect(page.text).toContain(`<code>${code}</code>`);
    expect(page.text).not.toMatch(/<script| style=| on\w+=/i);
    const link = /href="([^"]*)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    expect(new URL(link ?? '').origin).toBe('https://accounts.example.com');
    for (const headers of [[], [['Sec-Fetch-Mode', 'cors'] as const, ['Accept', 'text/html'] as const]]) {
      const { status: given, body, headers: sent } = await ask(cookie, headers);
      expect([given, body.code, sent['content-type']]).toEqual([status, code, 'application/problem+json']);
    }
  });

  it('that escapes what the request contains', async () => {
    const path = `/api/clerk/syncUsers?redirect_url=${encodeURIComponent('/"><script>alert(1)</script>')}`;
    const headers = [['Cookie', '__session=nonsense'] as const, ...navigation, ['X-Request-Id', '<b>'] as const];
    const { text } = await strike({ request: { path, headers } });
    expect(text).not.toMatch(/<script|<b>/);
  });

  it.each([
    ['no cookie arrives', 'no __session cookie reached this host', () => []],
    [
      'the token is always expired',
      'the session token had expired',
      () => [`__session=${token({ exp: now() - 60, iat: now() - 120, nbf: now() - 130 })}`],
    ],
  ])('after two round trips because %s', async (_, reason, cookies) => {
    const jar = cookies();
    let trips: string[] = [];
    const visits = [];
    for (let visit = 0; visit < 4; visit++) {
      const answer = await ask([...jar, ...trips].join('; '), navigation);
      trips = [/^[^;]*/.exec(answer.headers['set-cookie'] ?? '')?.[0] ?? ''];
      visits.push(answer);
    }
    // The page resets the count, so the browser can try again.
    expect(visits.map(({ status }) => status)).toEqual([302, 302, 401, 302]);
    expect(visits[0]?.headers['set-cookie']).toBe(
      'gatehouse_sign_in=1; Max-Age=60; Path=/api/clerk/syncUsers; HttpOnly; SameSite=Lax; Secure',
    );
    expect(visits[2]?.text).toContain('<code>sign_in_loop</code>');
    expect(visits[2]?.text).toContain(reason);
  });

  it('unless its count of round trips is invalid', async () => {
    for (const count of ['99', '-1', 'NaN', '']) {
      expect((await ask(`gatehouse_sign_in=${count}`, navigation)).status).toBe(302);
    }
  });

  it('and the count is deleted when a valid session arrives', async () => {
    const cookie = `gatehouse_sign_in=2; __session=${token({})}`;
    const { status, headers } = await ask(cookie, navigation);
    expect([status, headers.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
    expect(headers['set-cookie']).toMatch(/^gatehouse_sign_in=; Max-Age=0; /);
  });
});

describe('among cookies of several Clerk applications, the gateway uses its own:', () => {
  const other = signingPair('ins_9');
  const ours = (claims: Record<string, unknown> = {}) => mint(target().pair, someone(), { claims });
  const theirs = () => mint(other, 'user_eve', { claims: { iss: 'https://other.clerk.example', iat: now() + 1_000 } });
  const cookies: [string, () => Promise<string>][] = [
    ['the suffixed one alone', async () => `__session_wIaT1O5k=${await ours()}`],
    [
      "another application's plain one beside our suffixed one",
      async () => `__session=${await theirs()}; __session_wIaT1O5k=${await ours()}`,
    ],
    ['two of the same name', async () => `__session=${await theirs()}; __session=${await ours()}`],
    ['two of the same name in reverse order', async () => `__session=${await ours()}; __session=${await theirs()}`],
    [
      'the newest, beside an expired one',
      async () =>
        `__session=${await ours({ exp: now() - 60, iat: now() - 120, nbf: now() - 130 })}; __session_a=${await ours()}`,
    ],
    ['one beside garbage', async () => `__session=...; __session_x=; __session_wIaT1O5k=${await ours()}`],
  ];
  it.each(cookies)('%s', async (_, cookie) => {
    const headers = [['Cookie', await cookie()] as const];
    const answer = await strike({ request: { path: '/api/clerk/syncUsers?redirect_url=/welcome', headers } });
    expect([answer.status, answer.headers.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
  });

  it('also from two Cookie headers', async () => {
    const headers = [
      ['Cookie', `__session=${await theirs()}`] as const,
      ['Cookie', `__session_a=${await ours()}`] as const,
    ];
    const { status } = await strike({ request: { path: '/api/clerk/syncUsers', headers } });
    expect(status).toBe(302);
  });
});

it('GET / redirects to the documentation', async () => {
  const { status, headers } = await strike({ request: { path: '/?utm_source=mail' } });
  expect([status, headers.location]).toEqual([302, 'docs']);
});
