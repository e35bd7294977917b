import { request } from 'node:http';
import { type ClerkEmulator, startClerkEmulator } from '../src';

interface Answer {
  status: number | undefined;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

describe('the page and the control API', () => {
  let emulator: ClerkEmulator;
  beforeAll(async () => {
    emulator = await startClerkEmulator({ issuer: 'https://clerk.tunnel.example.com' });
  });
  afterAll(() => emulator.close());

  /** Not `fetch`, which sets Host itself. */
  const call = (method: string, path: string, headers: Record<string, string> = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const outgoing = request(`${emulator.url}${path}`, { method, headers, timeout: 5_000 }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({
            status: incoming.statusCode,
            headers: incoming.headers,
            body: Buffer.concat(chunks).toString('utf8'),
          }),
        );
      });
      outgoing.on('error', reject).end();
    });

  it.each(['rebound.example.com', 'rebound.example.com:3100', '127.0.0.1.nip.io', 'a b', 'local.evil.com'])(
    'reject every request with the host name "%s"',
    async (host) => {
      for (const path of ['/', '/emulator/health', '/v1/users', '/.well-known/jwks.json']) {
        expect((await call('GET', path, { host })).status).toBe(403);
      }
    },
  );

  it.each([
    'localhost:3100',
    '127.0.0.1',
    '[::1]:3100',
    '192.168.1.20:3100',
    'clerk-emulator:3100',
    'emulator.localhost',
    'host.docker.internal',
    'clerk-emulator.default.svc.cluster.local',
    'clerk.tunnel.example.com',
  ])('answer a request with the local host name %s', async (host) => {
    expect((await call('GET', '/emulator/health', { host })).status).toBe(200);
  });

  it.each([
    ['another origin', { origin: 'http://evil.example' }],
    ['another port', { origin: 'http://localhost:8080' }],
    ['an opaque origin', { origin: 'null' }],
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site', origin: 'http://localhost:8080' }],
  ])('reject requests that a page of %s makes the browser send', async (_who, headers) => {
    for (const [method, path] of [
      ['POST', '/emulator/pause'],
      ['POST', '/%65mulator/pause'],
      ['GET', '/p%61ge/main.js'],
      ['GET', '/emulator/deliveries'],
      ['GET', '/emulator/stream'],
      ['GET', '/emulator/page/users'],
      ['GET', '/page/main.js'],
      ['GET', '/'],
    ] as const) {
      const { status, body } = await call(method, path, headers);
      expect({ path, status, code: body.includes('origin_not_allowed') }).toEqual({ path, status: 403, code: true });
    }
  });

  it('open from a link of another site in a tab, not in a frame', async () => {
    const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' };
    expect((await call('GET', '/', { ...link, 'sec-fetch-dest': 'document' })).status).toBe(200);
    expect((await call('GET', '/', { ...link, 'sec-fetch-dest': 'iframe' })).status).toBe(403);
    expect((await call('GET', '/emulator/health', { ...link, 'sec-fetch-dest': 'document' })).status).toBe(403);
    // 400: the page of the Test Provider opens, but this sign-in is unknown.
    const provider = (dest: string) => call('GET', '/test-provider?state=x', { ...link, 'sec-fetch-dest': dest });
    expect([(await provider('document')).status, (await provider('iframe')).status]).toEqual([400, 403]);
  });

  it('answer the page itself and programs', async () => {
    const origin = emulator.url;
    const own = { origin, 'sec-fetch-site': 'same-origin' };
    expect((await call('POST', '/emulator/resume', own)).status).toBe(200);
    expect((await call('POST', '/emulator/resume')).status).toBe(200);
  });

  it('have a Content-Security-Policy on every file that allows only the page’s own files', async () => {
    for (const path of [
      '/',
      '/page/main.js',
      '/page/base.css',
      '/page/controls.css',
      '/page/content.css',
      '/page/provider.css',
      '/page/icon.svg',
    ]) {
      const { status, headers } = await call('GET', path);
      expect(status).toBe(200);
      expect(headers).toMatchObject({
        'content-security-policy': expect.stringMatching(/^default-src 'none'; script-src 'self'; style-src 'self';/),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
      });
      expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/);
    }
  });

  it('answer 304 for a file that the browser has', async () => {
    const { headers } = await call('GET', '/page/main.js');
    const again = await call('GET', '/page/main.js', { 'if-none-match': String(headers['etag']) });
    expect(again).toMatchObject({ status: 304, body: '' });
  });

  it.each(['/page/../page-assets.ts', '/page/..%2fpage-assets.ts', '/page/%2e%2e%2ferrors.js', '/page/none.js'])(
    'have no file at %s',
    async (path) => {
      expect((await call('GET', path)).status).toBe(404);
    },
  );
});
