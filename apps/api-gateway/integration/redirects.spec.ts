import { CLERK_USER } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';
import { PUBLIC_URL } from './support/test-gateway';
import { attackGateway, strike, expectRefused, target } from './attacks/attack';

attackGateway();

describe('a redirect leads nowhere else:', () => {
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
    ['a blank before', ' https://evil.example/', HOME],
    ['a letter that looks like a slash', '/\uff0fevil.example/', HOME],
    ['itself', '/api/clerk/syncUsers', HOME],
    ['itself, whole', `${PUBLIC_URL}/api/clerk/syncUsers?redirect_url=/`, HOME],
    ['itself, in other letters', '/API/clerk/syncusers/', HOME],
    ['itself, escaped', '/api/clerk/sync%55sers', HOME],
    ['itself, roundabout', '/x/../api/clerk/syncUsers', HOME],
    ['nothing', '', HOME],
    ['a path of ours', '/welcome?a=b#c', `${PUBLIC_URL}/welcome?a=b#c`],
    ['a listed origin', 'https://shop.example.com/cart', 'https://shop.example.com/cart'],
  ];
  it.each(targets)('%s', async (_, wanted, expected) => {
    const path = `/api/clerk/syncUsers?redirect_url=${encodeURIComponent(wanted)}`;
    const token = await mint(target().pair, CLERK_USER);
    const answer = await strike({
      request: { path, headers: [['Cookie', `__session=${token}`]] },
      secret: token.split('.')[2]!,
    });
    expect([answer.status, answer.headers.location]).toEqual([302, expected]);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });

  it('whatever host the request names', async () => {
    const headers = [
      ['Cookie', `__session=${await mint(target().pair, CLERK_USER)}`] as const,
      ['X-Forwarded-Host', 'evil.example'] as const,
      ['X-Forwarded-Proto', 'http'] as const,
      ['Forwarded', 'host=evil.example;proto=http'] as const,
    ];
    const path = '/api/clerk/syncUsers?redirect_url=/welcome';
    const { status, headers: answer } = await strike({ request: { path, headers } });
    expect([status, answer.location]).toEqual([302, `${PUBLIC_URL}/welcome`]);
  });

  it('by Referer', async () => {
    const token = await mint(target().pair, CLERK_USER);
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

  it.each([
    ['without a cookie', () => []],
    ['with a forged cookie', () => [['Cookie', '__session=eyJhbGciOiJub25lIn0.e30.'] as const]],
    ['with one of our own tokens as cookie', () => [['Cookie', `__session=${target().legacy()}`] as const]],
  ])('%s the browser is sent to sign in, and back here, and to no other place', async (_, headers) => {
    const { status, headers: answer } = await strike({
      request: { path: '/api/clerk/syncUsers?redirect_url=https://evil.example/', headers: headers() },
    });
    expect(status).toBe(302);
    const signIn = new URL(answer.location!);
    expect(signIn.origin + signIn.pathname).toBe('https://accounts.example.com/sign-in');
    const back = new URL(signIn.searchParams.get('redirect_url')!);
    expect(back.origin + back.pathname).toBe(`${PUBLIC_URL}/api/clerk/syncUsers`);
    expect(back.searchParams.get('redirect_url')).toBe(HOME);
  });

  it('with two cookies of the same name', async () => {
    const token = await mint(target().pair, CLERK_USER);
    const request = { path: '/api/clerk/syncUsers', headers: [['Cookie', `__session=${token}; __session=x`] as const] };
    await expectRefused(400, 'credential_repeated', { request });
  });

  it('a cookie does not do for POST', async () => {
    const token = await mint(target().pair, CLERK_USER);
    const request = {
      method: 'POST',
      path: '/api/clerk/syncUsers',
      headers: [['Cookie', `__session=${token}`] as const],
    };
    await expectRefused(401, 'credential_missing', { request });
  });
});
