import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, type Server, type Socket, createServer } from 'node:net';
import { type LiveValue } from '@gatehouse/config';
import { eventually } from '@gatehouse/testing';
import { decodeJwt } from 'jose';
import { parsePolicy } from '../src/gate/policy/parse-policy';
import { Policy } from '../src/gate/policy/policy';
import { CONFIG } from '../src/tokens';
import { type GatewayConfig } from '../src/config';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { policyEnvironment } from './support/forward-auth-edge';
import { openRaw } from './support/raw-connection';
import { type RawRequest, sendRaw } from './support/raw-request';
import { TestUpstream } from './support/upstream';

/** A service that speaks whatever a test tells it to. */
class RawUpstream {
  connections = 0;
  speak: (socket: Socket) => void = (socket) => socket.destroy();
  private readonly server: Server = createServer((socket) => {
    this.connections += 1;
    socket.on('error', () => undefined).once('data', () => this.speak(socket));
  });

  async start(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  stop(): void {
    this.server.close();
  }
}

const rubbish = new RawUpstream();
let upstream: TestUpstream;
let gateway: AttackedGateway;
let policy: string;
let key: string;

beforeAll(async () => {
  upstream = await TestUpstream.start();
  const away = await TestUpstream.start();
  const awayUrl = away.url;
  away.stop();
  policy = `
upstreams:
  shop: { url: '${upstream.url}', audience: shop }
  slow: { url: '${upstream.url}', audience: slow, timeoutMs: 1500 }
  away: { url: '${awayUrl}', audience: away }
  rubbish: { url: '${await rubbish.start()}', audience: rubbish }
routes:
  - { path: /shop/*, upstream: shop, access: user }
  - { path: /slow/*, upstream: slow, access: user }
  - { path: /away/*, upstream: away, access: user }
  - { path: /rubbish/*, upstream: rubbish, access: user }
`;
  gateway = await startAttackedGateway(policyEnvironment(policy));
  key = gateway.key({ tier: 'enterprise' });
});
afterAll(async () => {
  await gateway?.stop();
  upstream?.stop();
  rubbish.stop();
});
beforeEach(() => {
  upstream.reset();
  rubbish.connections = 0;
});

const send = (path: string, request: RawRequest = {}) =>
  sendRaw(gateway.url, { ...request, path, headers: [['X-API-Key', key], ...(request.headers ?? [])] });
const open = (line: string, ...rest: string[]) =>
  openRaw(gateway.url, [`${line} HTTP/1.1`, 'Host: shop', `X-API-Key: ${key}`, ...rest].join('\r\n'));

/** Lets a test decide when the upstream answers. */
function held(): Promise<{ readonly request: IncomingMessage; readonly response: ServerResponse }> {
  return new Promise((resolve) => {
    upstream.answer = (request, response) => resolve({ request, response });
  });
}

describe('an upstream', () => {
  it('that is away is 502, and its requests are not lost silently', async () => {
    const { status, body } = await send('/away');
    expect([status, body.code]).toEqual([502, 'upstream_unreachable']);
  });

  it('that does not answer in time is 504, and its connection is closed', async () => {
    const asked = held();
    const answer = send('/slow');
    const { request } = await asked;
    expect(await answer).toMatchObject({ status: 504, body: { code: 'upstream_timeout' } });
    await eventually(() => request.destroyed);
  });

  it('that stops in the middle of its answer is broken off', async () => {
    upstream.answer = (_request, response) => void response.write('half');
    const { closed } = await open('GET /slow', '', '');
    expect(await closed).toMatch(/\r\n4\r\nhalf\r\n$/);
  });

  it.each([
    ['GET', 2],
    ['POST', 1],
    ['DELETE', 1],
  ])('that closes the connection under %s is asked %i times, and is 502 then', async (method, times) => {
    rubbish.speak = (socket) => socket.destroy();
    const { status, body } = await send('/rubbish', { method });
    expect([status, body.code, rubbish.connections]).toEqual([502, 'upstream_failed', times]);
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['a status that does not exist', 'HTTP/1.1 99 x\r\nContent-Length: 0\r\n\r\n'],
    ['a status of four digits', 'HTTP/1.1 2000 x\r\nContent-Length: 0\r\n\r\n'],
    ['headers of 64 KiB', `HTTP/1.1 200 OK\r\nX-A: ${'a'.repeat(65_536)}\r\nContent-Length: 0\r\n\r\n`],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello!'],
    ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\nhello'],
    ['a header with a NUL', 'HTTP/1.1 200 OK\r\nX-A: a\0b\r\nContent-Length: 0\r\n\r\n'],
    ['an upgrade that nobody asked for', 'HTTP/1.1 101 Go\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'],
    ['100 Continue', 'HTTP/1.1 100 Continue\r\n\r\n'],
  ])('that sends %s is 502', async (_, bytes) => {
    rubbish.speak = (socket) => socket.end(bytes);
    const { status, body } = await send('/rubbish', { method: 'POST' });
    expect([status, body.code]).toEqual([502, 'upstream_failed']);
  });

  it.each([
    ['a body that is shorter than its length', 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'],
    ['chunks without an end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n'],
    ['a chunk without a size', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nx\r\n'],
  ])('that sends %s is broken off, so that nobody takes the part as whole', async (_, bytes) => {
    rubbish.speak = (socket) => socket.end(bytes);
    const { closed } = await open('GET /rubbish', '', '');
    const text = await closed;
    expect(text).toContain('half');
    expect(text.endsWith('\r\n0\r\n\r\n')).toBe(false);
    expect(text).toMatch(/content-length: 10|transfer-encoding: chunked/i);
  });

  it('that sends more than one answer has its connection closed, and nobody gets the second', async () => {
    rubbish.speak = (socket) =>
      void socket.write(
        'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\noneHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother',
      );
    expect(await send('/rubbish')).toMatchObject({ status: 200, text: 'one' });
    rubbish.speak = (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\ntwo');
    expect(await send('/rubbish')).toMatchObject({ status: 200, text: 'two' });
    expect(rubbish.connections).toBe(2);
  });

  it('may repeat the header Connection', async () => {
    rubbish.speak = (socket) =>
      socket.end(
        'HTTP/1.1 200 OK\r\nConnection: X-Inner\r\nConnection: close\r\nX-Inner: secret\r\nContent-Length: 3\r\n\r\none',
      );
    const { status, text, headers } = await send('/rubbish');
    expect([status, text, headers['x-inner']]).toEqual([200, 'one', undefined]);
  });

  it('may answer before it has the body', async () => {
    upstream.answer = (_request, response) => response.writeHead(409, { Connection: 'close' }).end('early');
    const client = await open('POST /shop', 'Transfer-Encoding: chunked', '', '3', 'one', '');
    await eventually(() => client.text().includes('early'));
    expect(client.text()).toMatch(/^HTTP\/1.1 409 /);
    client.socket.destroy();
  });

  it('passes trailers and cookies, and neither headers of its connection nor those of the gate', async () => {
    upstream.answer = (_request, response) => {
      response.writeHead(200, [
        ...['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'Connection', 'X-Inner', 'X-Inner', 'secret', 'Trailer', 'X-Sum'],
        ...['X-Gatehouse-Status', '200', 'X-Request-Id', 'theirs', 'Keep-Alive', 'timeout=3', 'RateLimit', 'theirs'],
      ]);
      response.write('body');
      response.addTrailers({ 'X-Sum': '4', 'X-Gatehouse-Role': 'admin' });
      response.end();
    };
    const text = await (await open('GET /shop', 'Connection: close', '', '')).closed;
    expect(text).toMatch(/set-cookie: a=1\r\nset-cookie: b=2/i);
    expect(text).toMatch(/\r\n0\r\nx-sum: 4\r\n\r\n$/i);
    expect(text).not.toMatch(/secret|theirs|x-gatehouse|timeout=3/i);
  });
});

describe('a client', () => {
  it('that vanishes while its body is sent breaks the request to the upstream off', async () => {
    const asked = held();
    const client = await open('POST /shop', 'Transfer-Encoding: chunked', '', '3', 'one', '');
    const { request } = await asked;
    request.on('error', () => undefined).resume();
    client.socket.resetAndDestroy();
    await eventually(() => request.destroyed);
    expect(request.complete).toBe(false);
  });

  it('that vanishes while it waits breaks the request to the upstream off', async () => {
    const asked = held();
    const client = await open('GET /shop', '', '');
    const { response } = await asked;
    client.socket.destroy();
    await eventually(() => response.destroyed);
    await eventually(() => gateway.logs().includes('"status":499'));
  });

  it('that expects 100-continue gets it from the gate, after the decision', async () => {
    const client = await open('POST /shop', 'Expect: 100-continue', 'Content-Length: 5', 'Connection: close', '', '');
    await eventually(() => client.text().startsWith('HTTP/1.1 100 '));
    expect(upstream.received).toEqual([]);
    client.socket.write('hello');
    expect(await client.closed).toMatch(/HTTP\/1.1 200 OK\r\n/);
    expect(upstream.received).toMatchObject([{ body: 'hello', request: { headers: { 'content-length': '5' } } }]);
    expect(upstream.received[0]?.request.headers.expect).toBeUndefined();
    const refused = await openRaw(
      gateway.url,
      'POST /shop HTTP/1.1\r\nHost: shop\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n',
    );
    expect(await refused.closed).toMatch(/^HTTP\/1.1 401 /);
  });

  it('that declares too large a body is refused before it sends, and is 413', async () => {
    const client = await open('POST /shop', 'Expect: 100-continue', `Content-Length: ${1024 ** 2 + 1}`, '', '');
    const text = await client.closed;
    expect(text).toMatch(/^HTTP\/1.1 413 /);
    expect(text).toContain('"code":"body_too_large"');
    expect(upstream.received).toEqual([]);
  });

  it('that sends too large a body in chunks is 413, and the upstream gets no whole request', async () => {
    const asked = held();
    const client = await open('POST /shop', 'Transfer-Encoding: chunked', '', '');
    client.socket.write(`100001\r\n${'a'.repeat(0x100001)}\r\n0\r\n\r\n`);
    const { request } = await asked;
    request.on('error', () => undefined).resume();
    await eventually(() => client.text().includes('"code":"body_too_large"'));
    await eventually(() => request.destroyed);
    expect(request.complete).toBe(false);
    client.socket.destroy();
  });

  it.each([
    ['a short one', 'Content-Length: 5', 'hell', 'o'],
    ['a stream', 'Transfer-Encoding: chunked', '4\r\nhell\r\n', '1\r\no\r\n0\r\n\r\n'],
    ['a long one', `Content-Length: ${70_000}`, 'a'.repeat(69_999), 'b'],
  ])('whose key is revoked while its body arrives is refused: %s', async (_, sized, first, rest) => {
    const own = gateway.key({ tier: 'enterprise' });
    let complete = 0;
    upstream.answer = (request, response) => {
      request.on('error', () => undefined).on('end', () => (complete += 1));
      request.on('end', () => response.end()).resume();
    };
    const client = await openRaw(
      gateway.url,
      `POST /shop HTTP/1.1\r\nHost: shop\r\nX-API-Key: ${own}\r\n${sized}\r\n\r\n${first}`,
    );
    await gateway.revoke(own);
    client.socket.write(rest);
    await eventually(() => client.text().includes('"code":"api_key_revoked"'));
    expect([client.text().slice(0, 12), complete]).toEqual(['HTTP/1.1 401', 0]);
    client.socket.destroy();
  });

  it('whose key is revoked while the upstream works is told so, and gets nothing of the response', async () => {
    const own = gateway.key({ tier: 'enterprise' });
    const asked = held();
    const answer = sendRaw(gateway.url, { path: '/shop', headers: [['X-API-Key', own]] });
    const { response } = await asked;
    const release = gateway.holdLookups();
    await gateway.revoke(own);
    response.end('the order');
    release();
    expect(await answer).toMatchObject({ status: 401, body: { code: 'api_key_revoked' } });
  });

  it('whose key is revoked while the gateway stops gets nothing more', async () => {
    const own = gateway.key({ tier: 'enterprise' });
    const other = await gateway.another();
    upstream.answer = (_request, response) => void response.write('half');
    const client = await openRaw(other.url, `GET /shop HTTP/1.1\r\nHost: shop\r\nX-API-Key: ${own}\r\n\r\n`);
    await eventually(() => client.text().endsWith('half\r\n'));
    const closing = other.app.close();
    await eventually(() =>
      sendRaw(other.url, { path: '/shop' }).then(
        () => false,
        () => true,
      ),
    );
    await gateway.revoke(own);
    expect((await client.closed).endsWith('half\r\n')).toBe(true);
    await closing;
    await eventually(() => /"route":"proxy \/shop\/\*","status":200,.*"closed":"revoked"/.test(gateway.logs()));
  });

  it('whose tier changes while its body arrives is asserted with the new one', async () => {
    const own = gateway.key({ tier: 'enterprise' });
    const head = [
      'POST /shop HTTP/1.1',
      'Host: shop',
      `X-API-Key: ${own}`,
      'Expect: 100-continue',
      'Content-Length: 5',
    ];
    const client = await openRaw(gateway.url, [...head, '', ''].join('\r\n'));
    await eventually(() => client.text().startsWith('HTTP/1.1 100 '));
    await gateway.changeKey(own, { tier: 'free' });
    client.socket.write('hello');
    await eventually(() => upstream.received.length > 0);
    const { 'x-gatehouse-assertion': assertion } = upstream.received[0]!.request.headers;
    expect(decodeJwt(String(assertion))).toMatchObject({ tier: 'free' });
    client.socket.destroy();
  });

  it('may name headers of its connection, which the upstream does not get', async () => {
    const headers = [
      ...(['X-Secret', 'TE', 'Keep-Alive', 'Proxy-Connection', 'Upgrade', 'X-HTTP-Method-Override'] as const).map(
        (name) => [name, 'one-hop'] as const,
      ),
      ['Connection', 'x-secret, X-Gatehouse-Assertion'] as const,
    ];
    expect((await send('/shop', { headers })).status).toBe(200);
    const [{ request } = {}] = upstream.received;
    expect(request?.rawHeaders.join('\n')).not.toContain('one-hop');
    expect(request?.headers['x-gatehouse-assertion']).toMatch(/^ey/);
  });
});

it('a policy that changes under load sends every request to one upstream, by one policy', async () => {
  const other = await TestUpstream.start();
  const live = gateway.app.get<GatewayConfig>(CONFIG).gate.policy as LiveValue<Policy>;
  const [first, second] = [upstream, other].map(({ url }, at) => {
    const parsed = parsePolicy(`
upstreams: { turn: { url: '${url}', audience: 'turn-${at}' } }
routes: [{ path: /turn/*, upstream: turn, access: user }]
`);
    if (!(parsed instanceof Policy)) throw new RangeError(parsed.faults.join());
    return parsed;
  });
  const before = live.current;
  let sent = 0;
  let isOver = false;
  try {
    live.set(first!);
    const clients = Array.from({ length: 8 }, async () => {
      while (!isOver) {
        const number = ++sent;
        const body = number % 2 === 0 ? `body ${number}` : '';
        const answer = await send(`/turn/${number}`, { method: 'POST', body });
        expect([number, answer.status, answer.text]).toEqual([number, 200, 'the order']);
      }
    });
    for (let turn = 0; turn < 100; turn++) {
      live.set(turn % 2 === 0 ? second! : first!);
      const until = sent + 2;
      await eventually(() => sent >= until, { intervalMs: 1 });
    }
    isOver = true;
    await Promise.all(clients);
  } finally {
    isOver = true;
    live.set(before);
    other.stop();
  }
  const numbers: number[] = [];
  for (const [at, { received }] of [upstream, other].entries()) {
    expect(received.length).toBeGreaterThan(0);
    for (const { request, body } of received) {
      const number = Number(request.url?.slice('/turn/'.length));
      numbers.push(number);
      expect(decodeJwt(String(request.headers['x-gatehouse-assertion'])).aud).toBe(`turn-${at}`);
      expect(body).toBe(number % 2 === 0 ? `body ${number}` : '');
    }
  }
  expect(numbers.sort((one, two) => one - two)).toEqual(Array.from({ length: sent }, (_, at) => at + 1));
});
