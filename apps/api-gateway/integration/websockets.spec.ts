import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type Server, type Socket } from 'node:net';
import { freePort } from '@gatehouse/local-stack';
import { type OwnReverseProxy, eventually, startOwnReverseProxy } from '@gatehouse/testing';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';
import { policyEnvironment } from './support/forward-auth-edge';
import { WebSocketClient, handshake } from './support/web-socket-client';
import { TEXT, frame } from './support/web-socket-frames';
import { WebSocketUpstream, acceptance } from './support/web-socket-upstream';

const LIMIT_MS = 300_000;
const MINUTE_MS = 60_000;

let gateway: AttackedGateway;
let upstream: WebSocketUpstream;
let nginx: OwnReverseProxy;
let file: string;
let policy: string;
const clients: WebSocketClient[] = [];

/** nginx in front of the service, and a page of its own that knows no WebSockets. */
const nginxBlock = (port: number, service: string) => `
server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass ${service};
    proxy_http_version 1.1;
    proxy_set_header Upgrade $http_upgrade;
    proxy_set_header Connection upgrade;
  }
  location /nginx/page { return 200 "a page"; }
}`;

beforeAll(async () => {
  upstream = await WebSocketUpstream.start();
  const [nginxPort, nobody] = [await freePort(), await freePort()];
  policy = `
upstreams:
  node: { url: '${upstream.url}', audience: chat }
  brief: { url: '${upstream.url}', audience: chat, timeoutMs: 500 }
  nginx: { url: 'http://127.0.0.1:${nginxPort}', audience: chat }
  nobody: { url: 'http://127.0.0.1:${nobody}', audience: nobody }
scopes: [chat:use]
routes:
  - { path: /node/*, methods: [GET], upstream: node, access: user, scope: 'chat:use' }
  - { path: /nginx/*, methods: [GET], upstream: nginx, access: user }
  - { path: /nobody, upstream: nobody, access: user }
  - { path: /admin-chat, upstream: node, access: admin }
  - { path: /page, upstream: node, access: user, credentials: [cookie], origins: ['https://app.example.com'] }
  - { path: /public, upstream: node, access: public }
  - { path: /brief, upstream: brief, access: public }
`;
  const environment = policyEnvironment(policy);
  file = environment.GATE_FILE;
  gateway = await startAttackedGateway({ ...environment, GATE_STREAMS_PER_USER: '3' });
  nginx = await startOwnReverseProxy('nginx', nginxBlock(nginxPort, upstream.url), nginxPort);
}, LIMIT_MS);

afterAll(async () => {
  await nginx?.dispose();
  await gateway?.stop();
  upstream?.stop();
}, LIMIT_MS);

beforeEach(() => upstream.reset());
afterEach(() => {
  for (const client of clients.splice(0)) client.socket.destroy();
});

type Opened = Parameters<typeof WebSocketClient.open>;

async function open(path: string, headers: Opened[2] = [], opening: Opened[3] = {}): Promise<WebSocketClient> {
  const client = await WebSocketClient.open(gateway.url, path, headers, opening);
  clients.push(client);
  return client;
}

const withKey = (key = gateway.key({ scopes: ['chat:use'] })) => [['X-API-Key', key]] as const;
const protocols = (...names: string[]) => [['Sec-WebSocket-Protocol', names.join(', ')]] as const;
const codeOf = (client: WebSocketClient) => (JSON.parse(client.text) as { code: string }).code;

describe.each(['node', 'nginx'])('a WebSocket to %s', (name) => {
  it('passes messages both ways, with the identity of the caller and without the credential', async () => {
    const key = gateway.key({ scopes: ['chat:use'], tier: 'pro' });
    const client = await open(`/${name}/room?id=7`, [
      ...withKey(key),
      ['X-Gatehouse-Role', 'admin'],
      ['Origin', 'https://a.example'],
    ]);
    expect(client.status).toBe(101);
    expect(client.headers).toMatchObject({ 'sec-websocket-accept': 's3pPLMBiTxaQ9kYGzzhZRbK+xOo=' });
    client.send('hello');
    await client.received('hello');
    client.send('x'.repeat(40_000));
    await eventually(() => client.messages.some(({ length }) => length === 40_000));
    const [{ url, headers, rawHeaders } = {}] = upstream.handshakes;
    expect([url, headers?.['x-gatehouse-assertion']]).toEqual([`/${name}/room?id=7`, expect.stringMatching(/^ey/)]);
    expect(rawHeaders?.join()).not.toContain(key);
    expect(headers?.['x-gatehouse-role']).toBeUndefined();
  });

  it('is closed by a revocation of its key, with the reason, and nobody else is', async () => {
    const [key, other] = [gateway.key({ scopes: ['chat:use'] }), gateway.key({ scopes: ['chat:use'] })];
    const client = await open(`/${name}/room`, withKey(key));
    const stays = await open(`/${name}/room`, withKey(other));
    await gateway.revoke(key);
    expect((await client.ended()).closedWith).toEqual([1008, 'revoked']);
    await eventually(() => upstream.closedWith.length === 1);
    expect(upstream.closedWith).toEqual([[1008, 'revoked']]);
    stays.send('still here');
    await stays.received('still here');
  });

  it('ends when the client closes it', async () => {
    const client = await open(`/${name}/room`, withKey());
    client.socket.write(frame(8, Buffer.of(3, 232), true));
    expect((await client.ended()).closedWith).toEqual([1000, '']);
  });
});

describe('a page sends its token as a subprotocol', () => {
  it('that the upstream does not get, and the gate selects its own when the upstream selects none', async () => {
    const token = await mint(gateway.pair, CLERK_USER);
    const client = await open('/node/room', protocols('gatehouse', `gatehouse.bearer.${token}`));
    expect([client.status, client.headers['sec-websocket-protocol']]).toEqual([101, 'gatehouse']);
    expect(upstream.handshakes[0]?.headers['sec-websocket-protocol']).toBeUndefined();
    expect(upstream.handshakes[0]?.rawHeaders.join()).not.toContain(token);
    expect(gateway.logs()).not.toContain(token);
  });

  it('beside others, of which the upstream selects one', async () => {
    upstream.answer = (socket, request) => upstream.accept(socket, request, 'Sec-WebSocket-Protocol: chat.v2');
    const token = await mint(gateway.pair, CLERK_USER);
    const offered = protocols('gatehouse', 'chat.v1', `gatehouse.bearer.${token}`, 'chat.v2');
    const client = await open('/node/room', offered);
    expect([client.status, client.headers['sec-websocket-protocol']]).toEqual([101, 'chat.v2']);
    expect(upstream.handshakes[0]?.headers['sec-websocket-protocol']).toBe('chat.v1, chat.v2');
  });

  it.each([
    ['that is invalid', () => protocols('gatehouse', 'gatehouse.bearer.ey.ey.x'), 401, 'token_malformed'],
    ['twice', () => protocols('gatehouse.bearer.a', 'gatehouse.bearer.b'), 400, 'credential_repeated'],
    [
      'and another in a header',
      () => [['Authorization', 'Bearer x'], ...protocols('gatehouse.bearer.a')] as const,
      400,
      'credential_repeated',
    ],
  ])('%s: it is refused', async (_what, headers, status, code) => {
    const client = await (await open('/node/room', headers())).ended();
    expect([client.status, codeOf(client), upstream.handshakes]).toEqual([status, code, []]);
  });
});

describe('a page with the session cookie', () => {
  const send = async (...origins: string[]) => {
    const cookie = `__session=${await mint(gateway.pair, CLERK_USER)}; theme=dark`;
    return open('/page', [['Cookie', cookie], ...origins.map((origin) => ['Origin', origin] as const)]);
  };

  it('opens a WebSocket if its origin is listed, and the upstream gets the other cookies', async () => {
    expect((await send('https://app.example.com')).status).toBe(101);
    expect(upstream.handshakes[0]?.headers.cookie).toBe('theme=dark');
  });

  it.each([[[]], [['https://evil.example.com']], [['null']]])('from %j is refused', async (origins: string[]) => {
    const client = await (await send(...origins)).ended();
    expect([client.status, codeOf(client), upstream.handshakes]).toEqual([403, 'cookie_origin_refused', []]);
  });
});

it.each([
  ['without a credential', '/node/room', () => [], 401, 'credential_missing'],
  ['without the scope', '/node/room', () => withKey(gateway.key({ scopes: [] })), 403, 'scope_insufficient'],
  ['without the role', '/admin-chat', () => withKey(), 403, 'role_insufficient'],
  ['to an ambiguous path', '/node/../public', () => withKey(), 400, 'invalid_request'],
  ['to no route', '/elsewhere', () => withKey(), 404, 'not_found'],
  ['to a service that is away', '/nobody', () => withKey(), 502, 'upstream_unreachable'],
] as const)('a handshake %s gets its problem', async (_what, path, headers, status, code) => {
  const client = await open(path, headers());
  await eventually(() => client.text !== '');
  expect([client.status, codeOf(client), upstream.handshakes]).toEqual([status, code, []]);
});

it('a handshake that a service fails counts among the failures of the service', async () => {
  await (await open('/nobody', withKey())).ended();
  expect(await gateway.metrics()).toMatch(/upstream_failures_total\{upstream="nobody",reason="unreachable"\} [1-9]/);
});

const otherThan = (...changed: (readonly [string, string])[]) => [
  ...handshake.filter(([name]) => !changed.some(([other]) => other === name)),
  ...changed,
];

it.each([
  ['with another method', { method: 'POST' }],
  ['of another version', { headers: otherThan(['Sec-WebSocket-Version', '8']) }],
  ['without a key of 16 bytes', { headers: otherThan(['Sec-WebSocket-Key', 'c2hvcnQ=']) }],
  ['with bytes before the response', { early: 'GET /admin-chat HTTP/1.1\r\nHost: api.example.com\r\n\r\n' }],
  ['with a body', { headers: [...handshake, ['Content-Length', '5']] as const, early: 'hello' }],
  ['with a chunked body', { headers: [...handshake, ['Transfer-Encoding', 'chunked']] as const, early: '0\r\n\r\n' }],
])('a handshake %s is 400, and the connection ends', async (_what, opening) => {
  const client = await (await open('/public', [], opening)).ended();
  expect([client.status, codeOf(client), upstream.handshakes, upstream.requests]).toEqual([400, 'bad_request', [], []]);
  expect(client.headers['sec-websocket-version']).toBe('13');
});

describe('an upstream', () => {
  it.each([
    ['403 with a length', 'HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno', 403, 'no'],
    [
      '200 that is kept alive',
      'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n',
      200,
      'page',
    ],
    ['426 without a body', 'HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n', 426, ''],
  ])('that answers %s instead is heard by the client, and its connection ends', async (_what, bytes, status, text) => {
    upstream.answer = (socket) => void socket.write(bytes);
    const client = await open('/public');
    client.socket.write('GET /admin-chat HTTP/1.1\r\nHost: api.example.com\r\n\r\n');
    await client.ended();
    expect([client.status, client.text, client.headers.connection]).toEqual([status, text, 'close']);
    expect(upstream.requests).toEqual([]);
  });

  it('that is nginx without WebSockets answers its page', async () => {
    const client = await (await open('/nginx/page', withKey())).ended();
    expect([client.status, client.text]).toEqual([200, 'a page']);
  });

  const lines =
    (...changed: (readonly [RegExp, string])[]) =>
    (all: string[]) =>
      all.map((line) => changed.reduce((text, [from, to]) => text.replace(from, to), line));
  it.each([
    ['for another key', lines([/Accept: .*/, 'Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA='])],
    ['for another protocol', lines([/websocket$/, 'h2c'])],
    ['without Connection: Upgrade', lines([/^Connection: Upgrade/, 'Connection: keep-alive'])],
    ['with a length', (all: string[]) => [...all, 'Content-Length: 5']],
    ['with a subprotocol that nobody offered', (all: string[]) => [...all, 'Sec-WebSocket-Protocol: gatehouse']],
  ])('that sends a 101 %s is a 502', async (_what, change) => {
    upstream.answer = (socket, request) => void socket.end(`${change(acceptance(request)).join('\r\n')}\r\n\r\nhello`);
    const client = await (await open('/public', protocols('gatehouse'))).ended();
    expect([client.status, codeOf(client)]).toEqual([502, 'upstream_failed']);
  });

  it.each([
    ['hangs up is a 502', '/public', (socket: { destroy(): unknown }) => void socket.destroy(), 502, 'upstream_failed'],
    ['does not answer is a 504', '/brief', () => undefined, 504, 'upstream_timeout'],
  ])('that %s', async (_what, path, answer, status, code) => {
    upstream.answer = answer;
    const client = await (await open(path)).ended();
    expect([client.status, codeOf(client)]).toEqual([status, code]);
  });

  it('that switches protocols although nobody asked is a 502', async () => {
    upstream.respond = ({ socket }) =>
      void socket.end('HTTP/1.1 101 Switching\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello');
    const client = await open('/public', [], { headers: [['Connection', 'close']] });
    await client.ended();
    expect([client.status, codeOf(client)]).toEqual([502, 'upstream_failed']);
  });
});

it.each([
  ['names another protocol too', 'Upgrade', 'h2c, websocket'],
  ['names h2c', 'Upgrade, HTTP2-Settings', 'h2c'],
  ['does not name Upgrade in Connection', 'keep-alive', 'websocket'],
])('a request that %s goes to the upstream without any upgrade', async (_what, connection, protocol) => {
  const headers = [
    ...otherThan(['Connection', connection], ['Upgrade', protocol]),
    ['HTTP2-Settings', 'AAMA'],
  ] as const;
  const client = await open('/public', [], { headers });
  await eventually(() => client.text === 'plain');
  const [{ headers: received = {} } = {}] = upstream.requests;
  expect([client.status, received.upgrade, received['http2-settings'], upstream.handshakes]).toEqual([
    200,
    undefined,
    undefined,
    [],
  ]);
});

it('a handshake behind a request that is still open is no handshake', async () => {
  let answer: () => void = () => undefined;
  upstream.respond = (_request, response) => {
    if (upstream.requests.length === 1) answer = () => void response.end('first');
    else response.end('second');
  };
  const early = `GET /public HTTP/1.1\r\n${[['Host', 'x'], ...handshake].map((header) => header.join(': ')).join('\r\n')}\r\n\r\n`;
  const opened = open('/public', [], { headers: [], early });
  await eventually(() => upstream.requests.length > 0);
  answer();
  const client = await opened;
  await eventually(() => client.text.endsWith('second'));
  expect(client.text.indexOf('first')).toBe(0);
  expect(upstream.handshakes).toEqual([]);
});

describe('the gate closes a WebSocket', () => {
  it('when the user is deactivated, and not when something else changes', async () => {
    const userId = randomUUID();
    const key = gateway.key({ userId, scopes: ['chat:use'] });
    const client = await open('/node/room', withKey(key));
    gateway.changes.change({ kind: 'user', reason: 'tier', userId, clerkUserId: null });
    client.send('still here');
    await client.received('still here');
    await gateway.revoke(key);
    expect((await client.ended()).closedWith).toEqual([1008, 'revoked']);
    const line = /"route":"proxy \/node\/\*","status":101,.*"closed":"revoked","bytesUp":16,"bytesDown":12/;
    await eventually(() => line.test(gateway.logs()));
  });

  it('when the Clerk session of its caller is signed out', async () => {
    const [clerkUserId, sessionId] = ['user_leaver', 'sess_leaver'];
    const token = await mint(gateway.pair, clerkUserId);
    const client = await open('/node/room', protocols('gatehouse', `gatehouse.bearer.${token}`));
    expect(client.status).toBe(101);
    gateway.signOut(clerkUserId);
    gateway.changes.change({ kind: 'clerk_session', reason: 'signed_out', sessionId, clerkUserId });
    expect((await client.ended()).closedWith).toEqual([1008, 'revoked']);
  });

  it('when its client reads nothing', async () => {
    upstream.answer = (socket, request) => {
      upstream.accept(socket, request);
      const fill = () => void (socket.writable && socket.write(frame(TEXT, 'x'.repeat(60_000)), fill));
      fill();
    };
    const taken = once(gateway.app.getHttpServer() as Server, 'connection');
    const client = await open('/public');
    const [served] = (await taken) as [Socket];
    client.socket.pause();
    await eventually(() => {
      // Node emits it after 60 s without traffic. Until the kernel is full, it changes nothing.
      served.emit('timeout');
      return upstream.closedWith.length > 0;
    });
    expect(upstream.closedWith).toEqual([[1008, 'slow']]);
    client.socket.destroy();
    await eventually(() => /"route":"proxy \/public","status":101,.*"closed":"slow"/.test(gateway.logs()));
  });

  it('without a close frame if a frame is incomplete', async () => {
    const key = gateway.key({ scopes: ['chat:use'] });
    const client = await open('/node/room', withKey(key));
    const [socket] = upstream.sockets;
    socket?.write(frame(TEXT, 'x'.repeat(100)).subarray(0, 50));
    await eventually(() => client.pending === 50);
    await gateway.revoke(key);
    await client.ended();
    expect([client.closedWith, client.messages]).toEqual([undefined, []]);
  });

  it('before it loses its lease, except on public routes', async () => {
    const client = await open('/node/room', withKey());
    const anybody = await open('/public');
    gateway.changes.leaseless = true;
    try {
      expect((await client.ended()).closedWith).toEqual([1013, 'unconfirmed']);
      const refused = await (await open('/node/room', withKey())).ended();
      expect([refused.status, codeOf(refused)]).toEqual([503, 'streams_unavailable']);
      anybody.send('hello');
      await anybody.received('hello');
    } finally {
      gateway.changes.leaseless = false;
    }
    await eventually(async () => (await open('/node/room', withKey())).status === 101);
  });

  it('at the expiry of its key, and after maxConnectionMinutes', async () => {
    const client = await open(
      '/node/room',
      withKey(gateway.key({ scopes: ['chat:use'], expiresAt: Date.now() + MINUTE_MS })),
    );
    const anybody = await open('/public');
    gateway.letTimePass(60 * MINUTE_MS);
    expect((await client.ended()).closedWith).toEqual([1008, 'expired']);
    expect((await anybody.ended()).closedWith).toEqual([1001, 'time_limit']);
    await eventually(async () => (await open('/node/room', withKey())).status === 101);
  });

  it('when the policy does not allow it any more', async () => {
    const client = await open('/node/room', withKey());
    const stays = await open('/public');
    writeFileSync(file, policy.replace(/.*path: \/node.*\n/, ''));
    expect((await client.ended()).closedWith).toEqual([1008, 'revoked']);
    stays.send('hello');
    await stays.received('hello');
    writeFileSync(file, policy);
    await eventually(async () => (await open('/node/room', withKey())).status === 101);
  });

  it('when it stops', async () => {
    const other = await gateway.another();
    const client = await WebSocketClient.open(other.url, '/public');
    await other.app.close();
    expect((await client.ended()).closedWith).toEqual([1001, 'restarting']);
  });

  it('never because a token has expired', async () => {
    const soon = Math.floor(Date.now() / 1_000) + 2;
    const token = await mint(gateway.pair, CLERK_USER, { claims: { exp: soon } });
    const client = await open('/node/room', protocols('gatehouse', `gatehouse.bearer.${token}`));
    expect(client.status).toBe(101);
    await eventually(() => Date.now() > (soon + 1) * 1_000);
    gateway.changes.change({
      kind: 'clerk_session',
      reason: 'signed_out',
      sessionId: 'sess_other',
      clerkUserId: 'user_other',
    });
    client.send('still here');
    await client.received('still here');
  });
});

it('a caller may have as many open as the limit says, which others do not use up', async () => {
  const key = gateway.key({ scopes: ['chat:use'] });
  for (let index = 0; index < 3; index++) expect((await open('/node/room', withKey(key))).status).toBe(101);
  const refused = await (await open('/node/room', withKey(key))).ended();
  expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_streams']);
  expect((await open('/node/room', withKey())).status).toBe(101);
  clients[0]?.socket.destroy();
  await eventually(async () => (await open('/node/room', withKey(key))).status === 101);
});

it(
  'a client that does not read makes the upstream wait, and loses nothing',
  async () => {
    // More than the buffers of the kernel on both connections hold.
    const pieces = 1_000;
    upstream.answer = (socket, request) => {
      upstream.accept(socket, request);
      let sent = 0;
      const send = () => {
        while (sent < pieces) if (!socket.write(frame(TEXT, String(sent++).padStart(60_000, '0')))) return;
        socket.write(frame(TEXT, 'end'));
        socket.off('drain', send);
      };
      socket.on('drain', send);
      send();
    };
    const client = await open('/public');
    client.socket.pause();
    // The kernel takes what it can; then the upstream waits for the client.
    const [socket] = upstream.sockets;
    await eventually(() => socket?.writableNeedDrain === true);
    client.socket.resume();
    await client.received('end');
    expect(client.messages.slice(0, -1).map(Number)).toEqual(Array.from({ length: pieces }, (_, index) => index));
  },
  LIMIT_MS,
);
