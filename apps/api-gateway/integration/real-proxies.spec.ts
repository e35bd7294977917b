import { readFileSync } from 'node:fs';
import { type IncomingMessage, type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Duplex } from 'node:stream';
import { type OwnReverseProxy, startOwnReverseProxy } from '@gatehouse/testing';
import { freePort } from '@gatehouse/local-stack';
import { ForwardAuthServer } from '../src/gate/forward-auth/forward-auth-server';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';
import { forwardAuthEnvironment } from './support/forward-auth-edge';
import { type RawRequest, sendRaw } from './support/raw-request';
import { sendUpgrade } from './support/raw-upgrade';

const policy = `
scopes: [orders:read]
routes:
  - { host: private.example.com, path: /*, audience: orders, access: admin }
  - { path: /orders/*, audience: orders, access: user, scope: 'orders:read' }
  - { path: /reports/*, audience: orders, access: admin }
  - { path: /shop/*, audience: orders, access: user, credentials: [cookie], origins: ['https://app.example.com'] }
  - { path: /health, audience: orders, access: public }
`;
const SIGN_IN_URL = 'https://app.example.com/sign-in';
const secret = 's'.repeat(64);

/** The configuration that the documentation shows, with other addresses. */
function documented(family: string, port: number, gateway: string, service: string): string {
  const page = join(__dirname, `../../../docs/how-to/protect-a-service-with-${family}.md`);
  const [, text = ''] = /```(?:nginx|caddyfile)\n([^]*?)```/.exec(readFileSync(page, 'utf8')) ?? [];
  return text
    .replaceAll('listen 443 ssl', `listen 127.0.0.1:${port}`)
    .replace('server_name app.example.com', 'server_name api.example.com private.example.com')
    .replace('app.example.com {', `http://:${port} {\n  bind 127.0.0.1`)
    .replace('127.0.0.1:8082', gateway)
    .replace('127.0.0.1:8090', service)
    .replace('internal;', `internal; proxy_set_header X-Gatehouse-Proxy-Secret "${secret}";`)
    .replace('uri /forward-auth', `uri /forward-auth\n header_up X-Gatehouse-Proxy-Secret ${secret}`);
}

const identityNames = ['x-gatehouse-assertion', 'x-gatehouse-user-id', 'x-gatehouse-role', 'x-gatehouse-tier'];

describe.each(['nginx', 'caddy'] as const)('%s as documented', (family) => {
  let gateway: AttackedGateway;
  let service: Server;
  let proxy: OwnReverseProxy;
  let url: string;
  let asked: { readonly request: IncomingMessage; readonly body: string }[] = [];

  beforeAll(async () => {
    service = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => {
        asked.push({ request, body });
        response.end('the order');
      });
    });
    service.on('upgrade', (request: IncomingMessage, socket: Duplex) => {
      asked.push({ request, body: '' });
      socket.on('error', () => undefined);
      socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n');
      socket.pipe(socket);
    });
    await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
    gateway = await startAttackedGateway({
      ...forwardAuthEnvironment(policy, family),
      ...{ SIGN_IN_URL, REDIRECT_ORIGINS: 'http://api.example.com', FORWARD_AUTH_SECRET: secret },
    });
    const port = await freePort();
    const asks = new URL(gateway.app.get(ForwardAuthServer).url ?? '').host;
    const serves = `127.0.0.1:${(service.address() as AddressInfo).port}`;
    proxy = await startOwnReverseProxy(family, documented(family, port, asks, serves), port);
    url = `http://127.0.0.1:${port}`;
    // The first run downloads the package.
  }, 300_000);
  afterAll(async () => {
    await proxy?.dispose();
    await gateway?.stop();
    service?.close();
  });
  beforeEach(() => (asked = []));

  const send = (path: string, headers: RawRequest['headers'] = [], more: RawRequest = {}) =>
    sendRaw(url, { path, headers, ...more });

  it('passes an allowed request on with body and identity, and without the credential', async () => {
    const key = gateway.key({ tier: 'pro', scopes: ['orders:read'] });
    const answer = await send('/orders/7?page=2', [['X-API-Key', key]], { method: 'POST', body: 'two of them' });
    expect([answer.status, answer.text]).toEqual([200, 'the order']);
    const [{ request, body } = {}] = asked;
    expect([request?.method, request?.url, body]).toEqual(['POST', '/orders/7?page=2', 'two of them']);
    expect(request?.headers).toMatchObject({ 'x-gatehouse-role': 'user', 'x-gatehouse-tier': 'pro' });
    expect(request?.headers['x-gatehouse-assertion']).toMatch(/^ey[\w-]+\.ey[\w-]+\.[\w-]+$/);
    expect(request?.rawHeaders.join()).not.toContain(key);
    expect(request?.headers.authorization).toBeUndefined();
  });

  it('replaces identity headers of the client in every spelling', async () => {
    const spellings = identityNames.flatMap((name) => [
      ...[name, name.toUpperCase(), name.replaceAll('-', '_')],
      ...[name.replace('-', '_'), name.replace('gatehouse-', 'gatehouse_')],
    ]);
    const spoofed = spellings.map((name) => [name, 'spoofed'] as const);
    expect((await send('/health', spoofed)).status).toBe(200);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.request.rawHeaders.join()).not.toContain('spoofed');
  });

  it.each([
    ['without a credential', '/orders/7', [], 401],
    ['with an unknown key', '/orders/7', [['X-API-Key', 'sk_prod_nonsense']], 401],
    ['without a route', '/other', [], 403],
    ['to an ambiguous path', '/orders/%2e%2e/health', [], 400],
    ['to an escaped spelling of a public path', '/%68ealth', [], 400],
    ['with a credential in the query', '/orders/7?access_token=x', [], 400],
  ] as const)('refuses a request %s, with its status', async (_, path, headers, status) => {
    const answer = await send(path, headers);
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="gatehouse"/);
    expect(asked).toEqual([]);
  });

  it('refuses a role that is not enough, and a revoked key', async () => {
    const key = gateway.key({ scopes: ['*:*'] });
    expect((await send('/reports/1', [['X-API-Key', key]])).status).toBe(403);
    expect((await send('/orders/1', [['X-API-Key', key]])).status).toBe(200);
    await gateway.revoke(key);
    expect((await send('/orders/1', [['X-API-Key', key]])).status).toBe(401);
    expect(asked).toHaveLength(1);
  });

  it('tells a client beyond its rate limit when to come back', async () => {
    const key = gateway.key({ rateLimit: 1 });
    expect((await send('/orders/1', [['X-API-Key', key]])).status).toBe(200);
    const answer = await send('/orders/1', [['X-API-Key', key]]);
    expect([answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([429, true]);
  });

  it('tells a client when to come back if the gateway cannot look its credential up', async () => {
    const goOn = gateway.failLookups();
    const answer = await send('/orders/1', [['X-API-Key', gateway.key()]]);
    goOn();
    expect([answer.status, Number(answer.headers['retry-after']) > 0, asked]).toEqual([503, true, []]);
  });

  it("lets a browser with Clerk's cookie pass, from a page of a listed origin, and keeps the cookie", async () => {
    const cookie = ['Cookie', `a=1; __session=${await mint(gateway.pair, CLERK_USER)}; b="2 "`] as const;
    const buy = (...headers: (readonly [string, string])[]) =>
      send('/shop/cart', [cookie, ...headers], { method: 'POST', body: 'one' });
    expect((await send('/shop/cart', [cookie])).status).toBe(200);
    expect((await buy(['Origin', 'https://app.example.com'])).status).toBe(200);
    expect(asked.map(({ request }) => request.headers.cookie)).toEqual(['a=1; b="2 "', 'a=1; b="2 "']);
    for (const refused of [[], [['Origin', 'null']], [['Origin', 'https://evil.example']]] as const) {
      expect((await buy(...refused)).status).toBe(403);
    }
    const key = ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='] as const;
    expect((await send('/shop/cart', [cookie, ['Upgrade', 'websocket'], key])).status).toBe(403);
    expect(asked).toHaveLength(2);
  });

  it('sends a browser without a session to the sign-in page, and ends the loop', async () => {
    const visit = (cookie = 'a=1') =>
      send('/shop/cart?page=2', [
        ['Sec-Fetch-Mode', 'navigate'],
        ['Cookie', cookie],
      ]);
    const first = await visit();
    expect([first.status, first.headers.location, first.headers['cache-control']]).toEqual([
      ...[
        302,
        `${SIGN_IN_URL}?redirect_url=${encodeURIComponent('http://api.example.com/shop/cart?page=2')}`,
        'no-store',
      ],
    ]);
    const counted = ({ headers }: typeof first) => (headers['set-cookie'] ?? '').split(';', 1)[0];
    const second = await visit(counted(first));
    const third = await visit(counted(second));
    expect([second.status, third.status, third.headers.location]).toEqual([302, 401, undefined]);
    expect(third.text).toContain('sign_in_loop');
    expect(asked).toEqual([]);
  });

  it('does not let a client choose the route by which it is judged', async () => {
    const names = ['X-Original-URL', 'X-Original-URI', 'X-Original-Method', 'X-Rewrite-URL', 'X-Forwarded-Uri'];
    for (const name of [...names, 'X-Forwarded-Method', 'X-Forwarded-Path', 'X-Envoy-Original-Path']) {
      const answer = await send('/orders/7', [[name, name.endsWith('Method') ? 'OPTIONS' : '/health']]);
      expect([name, answer.status]).toEqual([name, 401]);
    }
    expect(asked).toEqual([]);
  });

  it('does not tell the service of another path or method than the gateway judged', async () => {
    const names = ['X-Original-URL', 'X-Original-URI', 'X-Original-Method', 'X-Rewrite-URL', 'X-Forwarded-Uri'];
    const others = ['X-Forwarded-Method', 'X-Forwarded-Path', 'X-Forwarded-Prefix', 'Forwarded', 'Proxy'];
    const sent = [...names, ...others].map((name) => [name, '/elsewhere'] as const);
    expect((await send('/health', sent)).status).toBe(200);
    expect(asked[0]?.request.rawHeaders.join()).not.toContain('/elsewhere');
  });

  it('tells the service the address, scheme and host of the client, and not what the client says of them', async () => {
    const names = ['X-Forwarded-For', 'X-Forwarded-Proto', 'X-Forwarded-Host', 'X-Forwarded-Port', 'X-Real-IP'];
    const sent = names.map((name) => [name, '203.0.113.9'] as const);
    expect((await send('/health', sent)).status).toBe(200);
    const { headers = {}, rawHeaders = [] } = asked[0]?.request ?? {};
    expect(rawHeaders.join()).not.toContain('203.0.113.9');
    expect(headers).toMatchObject({ 'x-forwarded-for': '127.0.0.1', 'x-forwarded-proto': 'http' });
    expect(headers['x-forwarded-host']).toMatch(/^api[.]example[.]com/);
  });

  it('refuses a method in lower case, and deletes headers that name another method', async () => {
    // nginx knows no method in lower case, and refuses it itself.
    expect((await send('/health', [], { method: 'delete' })).status).toBe(400);
    expect(asked).toEqual([]);
    const others = ['X-HTTP-Method-Override', 'X-HTTP-Method', 'X-Method-Override'];
    const sent = others.flatMap((name) => [name, name.replaceAll('-', '_')].map((one) => [one, 'DELETE'] as const));
    expect((await send('/health', sent)).status).toBe(200);
    expect(asked[0]?.request.rawHeaders.join()).not.toContain('DELETE');
  });

  it('proves to the gateway that it is the proxy, whatever the client sends', async () => {
    expect((await send('/health', [['X-Gatehouse-Proxy-Secret', 'x'.repeat(64)]])).status).toBe(200);
    const answer = await sendRaw(gateway.app.get(ForwardAuthServer).url ?? '', { path: '/forward-auth' });
    expect([answer.status, answer.body.code]).toEqual([403, 'proxy_not_allowed']);
    expect(gateway.logs()).not.toContain(secret);
  });

  it('tells a client that it sends too many headers', async () => {
    const many = Array.from({ length: 250 }, (_, index) => [`X-${index}`, 'a'] as const);
    const answer = await send('/health', many);
    expect([answer.status, answer.headers['cache-control']]).toEqual([431, 'no-store']);
    expect(asked).toEqual([]);
  });

  it('judges the host of the request line, like the service, not the header Host', async () => {
    expect((await send('http://private.example.com/health')).status).toBe(401);
    expect(asked).toEqual([]);
    expect((await send('http://api.example.com/health')).status).toBe(200);
    expect(asked.map(({ request }) => [request.headers.host, request.url])).toEqual([['api.example.com', '/health']]);
  });

  it('passes a long body in chunks on whole', async () => {
    const key = gateway.key({ scopes: ['orders:read'] });
    const part = 'a'.repeat(64 * 1024);
    const body = `${Array.from({ length: 12 }, () => `10000\r\n${part}\r\n`).join('')}0\r\n\r\n`;
    const headers = [
      ['X-API-Key', key],
      ['Transfer-Encoding', 'chunked'],
    ] as const;
    expect((await send('/orders/7', headers, { method: 'PUT', body })).status).toBe(200);
    expect(asked.map((one) => one.body === part.repeat(12))).toEqual([true]);
  });

  it('opens a WebSocket with identity, and refuses one without a credential', async () => {
    const refused = await sendUpgrade(url, []);
    expect([refused.status, asked]).toEqual([401, []]);
    refused.close();
    const allowed = await sendUpgrade(url, [['X-API-Key', gateway.key({ tier: 'pro' })]]);
    expect(allowed.status).toBe(101);
    expect(asked[0]?.request.headers).toMatchObject({ upgrade: 'websocket', 'x-gatehouse-tier': 'pro' });
    await allowed.echo('hello');
    allowed.close();
  });

  it('keeps an open WebSocket after a revocation, and opens no other', async () => {
    const key = gateway.key();
    const open = await sendUpgrade(url, [['X-API-Key', key]]);
    await gateway.revoke(key);
    await open.echo('still here');
    open.close();
    const refused = await sendUpgrade(url, [['X-API-Key', key]]);
    expect(refused.status).toBe(401);
    refused.close();
    expect(asked).toHaveLength(1);
  });

  it('lets nobody change to a protocol in which requests would follow that the gateway does not judge', async () => {
    const headers = [
      ['X-API-Key', gateway.key()],
      ['HTTP2-Settings', 'AAMAAABkAAQAAP__'],
    ] as const;
    for (const protocol of ['h2c', 'websocket, h2c']) {
      const answer = await sendUpgrade(url, headers, protocol);
      expect([protocol, answer.status]).toEqual([protocol, 200]);
      answer.close();
    }
    expect(asked.map(({ request }) => request.headers.upgrade)).toEqual([undefined, undefined]);
  });

  it('refuses every request and WebSocket while the gateway is away', async () => {
    await gateway.app.get(ForwardAuthServer).close();
    const away = family === 'nginx' ? 503 : 502;
    const key = ['X-API-Key', gateway.key()] as const;
    expect([(await send('/health')).status, (await send('/orders/7', [key])).status]).toEqual([away, away]);
    const refused = await sendUpgrade(url, [key]);
    expect(refused.status).toBe(away);
    refused.close();
    expect(asked).toEqual([]);
  });
});
