import { once } from 'node:events';
import { type Socket, connect } from 'node:net';
import { RouteRegister } from '../src/access/route-register';
import { securityHeaders } from '../src/problems/security-headers';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const ORIGIN = 'https://app.example.com';
let gateway: TestGateway;
beforeAll(async () => {
  gateway = await startTestGateway({
    CORS_ORIGINS: `${ORIGIN}, chrome-extension://abcdef, https://Shop.Example.com:443/, https://*.preview.example.com`,
    CORS_ALLOWED_HEADERS: 'X-Request-Source',
  });
});
afterAll(() => gateway?.stop());

/** Sends raw bytes and returns everything that the server sends until it closes the connection. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.on('error', () => undefined);
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('before any handler', () => {
  it.each([
    ['GET', '/nowhere', 404, 'not_found', null],
    ['GET', '/nowhere?token=hush', 404, 'not_found', null],
    ['GET', '/api/me//', 404, 'not_found', null],
    ['GET', '/api//me', 404, 'not_found', null],
    ['DELETE', '/api/me/', 405, 'method_not_allowed', 'GET, HEAD, PATCH'],
    ['DELETE', '/api/me', 405, 'method_not_allowed', 'GET, HEAD, PATCH'],
    ['POST', '/admin/webhook-events/1', 405, 'method_not_allowed', 'GET, HEAD'],
    ['OPTIONS', '/api/me', 405, 'method_not_allowed', 'GET, HEAD, PATCH'],
    ['GET', '/%zz', 400, 'bad_request', null],
    ['GET', `/admin/webhook-events/${'a'.repeat(300)}`, 414, 'path_too_long', null],
  ])('%s %s is %i %s', async (method, path, status, code, allow) => {
    const answer = await call(`${gateway.url}${path}`, undefined, { method });
    expect([answer.status, answer.body.code]).toEqual([status, code]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.headers.get('allow')?.split(', ').sort().join(', ') ?? null).toBe(allow);
    expect(answer.body.requestId).toBeTruthy();
    expect(Object.fromEntries(answer.headers)).toMatchObject(securityHeaders);
    expect(JSON.stringify(answer.body)).not.toContain('hush');
    expect(gateway.logs()).not.toContain('hush');
  });

  it('Fastify sets no time limit of its own on the drain at shutdown', () => {
    const { pluginTimeout } = gateway.app.getHttpAdapter().getInstance().initialConfig;
    expect(pluginTimeout).toBe(0);
  });

  it.each([
    ['/api/me', 401],
    ['/nowhere', 404],
    ['/%zz', 400],
  ])('HEAD of %s gets the response of GET without a body', async (path, status) => {
    const answer = await call(`${gateway.url}${path}`, undefined, { method: 'HEAD' });
    expect(answer).toMatchObject({ status, body: '' });
  });

  it.each([
    ['what is no HTTP', 'hello\r\n\r\n', 400],
    ['headers larger than 16 KiB', `GET / HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'a request with two Content-Length headers',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\na',
      400,
    ],
  ])('%s gets a problem response', async (_, bytes, status) => {
    const answer = await raw(bytes);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\nContent-Type: application/problem\\+json\r\n`));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, requestId: expect.any(String) });
  });

  it('a request whose headers do not arrive gets 408 after a timeout', async () => {
    const server = gateway.app.getHttpServer();
    const { headersTimeout } = server;
    expect(headersTimeout).toBeGreaterThan(0);
    // The configured timeout is 15 s.
    server.headersTimeout = 100;
    const answers = await Promise.all(['', 'GET /docs HTTP/1.1\r\nHost: x\r\nX-'].map(raw));
    server.headersTimeout = headersTimeout;
    for (const answer of answers) {
      expect(answer).toMatch(/^HTTP\/1.1 408 .*\r\nContent-Type: application\/problem\+json\r\n/);
      expect(answer).toContain('"code":"request_timeout"');
    }
  });

  it.each([
    ['longer than the limit', 'PATCH /api/me', 'Content-Length: 1000000', 401],
    ['of unknown length', 'PATCH /api/me', 'Transfer-Encoding: chunked', 401],
    ['for an unknown path', 'POST /nowhere', 'Content-Length: 1000000', 413],
  ])('a response is sent without waiting for a body %s', async (_, line, sized, status) => {
    const answer = await raw(`${line} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n${sized}\r\n\r\n`);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
  });

  it('a short body is read after the response, so that its connection serves the next request', async () => {
    const head = 'PATCH /api/me HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n';
    const next = 'GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    let answers = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answers += chunk));
    socket.write(head);
    await once(socket, 'data');
    socket.write(`{}${next}`);
    await once(socket, 'close');
    expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 401', 'HTTP/1.1 404']);
  });

  it('a response that the client does not read is dropped after a timeout with its connection', async () => {
    const server = gateway.app.getHttpServer();
    const { timeout } = server;
    expect(timeout).toBeGreaterThan(0);
    // The configured timeout is 30 s.
    server.timeout = 100;
    const ended = new Promise((resolve) => server.once('connection', (taken: Socket) => taken.once('close', resolve)));
    const reader = connect(Number(new URL(gateway.url).port), '127.0.0.1').pause();
    // More than the socket buffers of both sides hold.
    reader.write('GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(10));
    await ended;
    reader.destroy();
    server.timeout = timeout;
  });

  it('a repeated Authorization header is rejected, although Node ignores the second one', async () => {
    const token = await mint(gateway.pair, 'user_1');
    const line = `Authorization: Bearer ${token}\r\n`;
    const answer = await raw(`GET /api/me HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${line}${line}\r\n`);
    expect(answer).toMatch(/^HTTP\/1.1 400 /);
    expect(answer).toContain('"code":"credential_repeated"');
  });
});

describe('CORS', () => {
  const preflight = (origin: string, headers = 'authorization') =>
    call(`${gateway.url}/api/me`, undefined, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': headers,
      },
    });

  it.each([ORIGIN, 'chrome-extension://abcdef', 'https://shop.example.com', 'https://pr-1.preview.example.com'])(
    'lets pages of %s read responses and send credentials',
    async (origin) => {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('access-control-allow-methods')).toContain('PATCH');
      expect(headers.get('vary')).toBe('Origin');
      const answer = await call(`${gateway.url}/api/me`, undefined, { headers: { origin } });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([401, origin]);
      expect(answer.headers.get('access-control-expose-headers')).toContain('WWW-Authenticate');
    },
  );

  it.each([
    'authorization',
    'content-type',
    'idempotency-key',
    'if-match',
    'x-request-id',
    'x-requested-with',
    'traceparent',
    'tracestate',
    'baggage',
    'sentry-trace',
    'x-request-source',
  ])('allows the request header %s', async (name) => {
    const { headers } = await preflight(ORIGIN, name);
    expect(headers.get('access-control-allow-headers')?.split(', ')).toContain(name);
  });

  it('does not allow X-API-Key from pages', async () => {
    const { headers } = await preflight(ORIGIN, 'x-api-key');
    expect(headers.get('access-control-allow-headers')?.toLowerCase()).not.toContain('x-api-key');
  });

  it.each([
    'https://evil.example',
    `${ORIGIN}.evil.example`,
    'http://app.example.com',
    'null',
    `${ORIGIN}/`,
    'https://a.b.preview.example.com',
    'https://preview.example.com',
  ])('sends %s no CORS headers, and rejects its preflight with 403', async (origin) => {
    const asked = await preflight(origin);
    const called = await call(`${gateway.url}/api/me`, undefined, { headers: { origin } });
    for (const { headers } of [asked, called]) {
      expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toEqual([]);
      expect(headers.get('vary')).toBe('Origin');
    }
    expect([asked.status, asked.body.code, called.status]).toEqual([403, 'origin_not_allowed', 401]);
    expect(asked.headers.get('content-type')).toBe('application/problem+json');
  });

  it('logs a rejected origin once', async () => {
    for (let times = 0; times < 3; times++) await preflight('http://localhost:5173');
    expect(gateway.logs().split('"origin":"http://localhost:5173"')).toHaveLength(2);
  });

  it('answers OPTIONS without preflight headers with 405', async () => {
    const { status, body } = await call(`${gateway.url}/api/me`, undefined, {
      method: 'OPTIONS',
      headers: { origin: 'https://evil.example' },
    });
    expect([status, body.code]).toEqual([405, 'method_not_allowed']);
  });
});

describe('a trailing slash', () => {
  it('changes neither response, access, rate limit nor metric of any route', async () => {
    const routes = gateway.app.get(RouteRegister).all.filter(({ url }) => url !== '/');
    expect(routes.length).toBeGreaterThan(40);
    for (const { url, methods } of routes) {
      if (url === '/docs') continue;
      const path = url.replace(/:\w+/g, 'user_1');
      for (const method of methods) {
        const [plain, slashed] = [
          await call(`${gateway.url}${path}`, undefined, { method }),
          await call(`${gateway.url}${path}/`, undefined, { method }),
        ];
        const essence = ({ status, body, headers }: typeof plain) => {
          const { code } = body as { code?: string };
          return { status, code, policy: headers.get('ratelimit-policy'), type: headers.get('content-type') };
        };
        expect([method, path, essence(slashed)]).toEqual([method, path, essence(plain)]);
      }
    }
    expect(await gateway.metrics()).not.toMatch(/route="\/.*\/"/);
  });

  it('does not change the body limit', async () => {
    const big = { method: 'POST', headers: { 'content-type': 'application/json' }, body: `"${'a'.repeat(70_000)}"` };
    for (const path of ['/auth/login', '/auth/login/']) {
      expect((await call(`${gateway.url}${path}`, undefined, big)).status).toBe(413);
    }
  });

  it('after /docs redirects to the page, whose links are relative', async () => {
    const answer = await call(`${gateway.url}/docs/?a=/`, undefined, { redirect: 'manual' });
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '../docs']);
    expect((await call(`${gateway.url}/docs?a=/`, undefined, { redirect: 'manual' })).status).toBe(200);
  });
});

describe('metrics', () => {
  it('count requests by route, never by path, and verifications by result', async () => {
    await call(`${gateway.url}/secret-path-1`);
    await call(`${gateway.url}/api/me`);
    const metrics = await gateway.metrics();
    expect(metrics).toMatch(
      /gatehouse_gateway_requests_total\{method="GET",route="\/api\/me",status="401",auth="none"\} \d/,
    );
    expect(metrics).toMatch(/gatehouse_gateway_verifications_total\{result="credential_missing"\} \d/);
    expect(metrics).not.toContain('secret-path');
    expect(metrics).toContain('gatehouse_gateway_dropped_connections_total{port="public",reason="limit"} 0\n');
  });
});
