import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse } from 'node:http';
import { type Exchange, exchangeOf } from '../src';
import { type EdgeUnderTest, open, problemIn, startEdge, statuses, until } from './edge-under-test';

const get = (...headers: string[]) => [
  'GET /path?q=secret HTTP/1.1',
  'Host: edge',
  ...headers,
  'Connection: close',
  '',
  '',
];

let under: EdgeUnderTest;
afterEach(() => under.edge.close());

describe('a request', () => {
  it("gets an id of ours, and is logged in one line, with the client's id", async () => {
    under = await startEdge({
      handle(exchange) {
        exchange.route = '/path';
        exchange.logged = { result: 'fine' };
        exchange.sendJson(200, { id: exchange.id });
      },
    });
    const text = await (await open(under, ...get('X-Request-Id: theirs-1'))).closed;
    const [, id] = /x-request-id: ([0-9a-f-]{36})\r\n/.exec(text) ?? [];
    expect(text).toContain(`{"id":"${id}"}`);
    await until(() => under.lines.length > 0);
    expect(under.lines).toEqual([
      expect.objectContaining({
        message: 'request',
        correlationId: id,
        clientRequestId: 'theirs-1',
        method: 'GET',
        route: '/path',
        status: 200,
        ms: expect.any(Number),
        result: 'fine',
      }),
    ]);
    expect(JSON.stringify(under.lines)).not.toContain('secret');
  });

  it('whose client sends an id with other characters has only ours', async () => {
    under = await startEdge({ handle: (exchange) => exchange.send(204, {}) });
    await (
      await open(under, ...get('X-Request-Id: a b'))
    ).closed;
    await until(() => under.lines.length > 0);
    expect(under.lines[0]).not.toHaveProperty('clientRequestId');
  });

  it.each<[string, boolean | string[], string[], string, boolean]>([
    ['no proxy is trusted', false, ['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https'], '127.0.0.1', false],
    [
      'every proxy is trusted',
      true,
      ['X-Forwarded-For: 198.51.100.7, 203.0.113.9', 'X-Forwarded-Proto: https'],
      '198.51.100.7',
      true,
    ],
    [
      'some are trusted',
      ['loopback', '203.0.113.0/24'],
      ['X-Forwarded-For: 1.1.1.1, 198.51.100.7:40001, 203.0.113.9'],
      '198.51.100.7',
      false,
    ],
    [
      'one hop had no HTTPS',
      ['127.0.0.1'],
      ['X-Forwarded-For: [2001:db8::7]:40001', 'X-Forwarded-Proto: https, http'],
      '2001:db8::7',
      false,
    ],
    [
      'another peer is trusted',
      ['192.0.2.1'],
      ['X-Forwarded-For: 198.51.100.7', 'X-Forwarded-Proto: https'],
      '127.0.0.1',
      false,
    ],
  ])('has the address and the protocol that trusted proxies say: %s', async (_what, trust, headers, address, https) => {
    const seen: unknown[] = [];
    const handle: Parameters<typeof startEdge>[0]['handle'] = (exchange) => {
      seen.push(exchange.clientAddress, exchange.sawHttps);
      exchange.send(200, {});
    };
    under = await startEdge({ handle }, {}, trust);
    await (
      await open(under, ...get(...headers))
    ).closed;
    expect(seen).toEqual([address, https]);
  });

  it('by HEAD is answered without a body', async () => {
    under = await startEdge({ handle: (exchange) => exchange.sendJson(200, { a: 1 }) });
    const text = await (await open(under, 'HEAD / HTTP/1.1', 'Host: edge', 'Connection: close', '', '')).closed;
    expect(text).toContain('Content-Length: 7\r\n');
    expect(text.endsWith('\r\n\r\n')).toBe(true);
  });
});

describe('a handler that fails', () => {
  it('is logged, and answered with 500 without internal detail', async () => {
    under = await startEdge({
      handle: async () => {
        throw new TypeError('internal detail');
      },
    });
    const text = await (await open(under, ...get())).closed;
    expect(problemIn(text)).toEqual(expect.objectContaining({ status: 500, code: 'internal' }));
    expect(text).not.toContain('internal detail');
    expect(under.lines).toContainEqual(expect.objectContaining({ message: 'request failed' }));
  });

  it('with an error that it explains is answered with that rejection', async () => {
    under = await startEdge({
      handle: () => {
        throw new RangeError();
      },
      explain: (error) =>
        error instanceof RangeError ? { status: 409, code: 'conflict', headers: { Allow: 'POST' } } : undefined,
    });
    const text = await (await open(under, ...get())).closed;
    expect(text).toContain('Allow: POST\r\n');
    expect(problemIn(text)).toMatchObject({ status: 409, code: 'conflict' });
  });

  it('in the middle of its response destroys the connection', async () => {
    under = await startEdge({
      handle: async ({ response }) => {
        response.writeHead(200, { 'Content-Length': 10 }).write('half');
        throw new TypeError();
      },
    });
    await (
      await open(under, ...get())
    ).closed;
    await until(() => under.lines.some(({ message }) => message === 'request'));
    expect(under.lines).toContainEqual(expect.objectContaining({ status: 200, aborted: true }));
  });
});

describe('raw requests and responses', () => {
  it('can be handed over to another server, which finds their exchange', async () => {
    const another = (request: IncomingMessage, response: ServerResponse) => response.end(exchangeOf(request)?.url);
    under = await startEdge({ handle: ({ request, response }) => void another(request, response) });
    expect(await (await open(under, ...get())).closed).toContain('/path?q=secret');
    expect(under.lines).toEqual([expect.objectContaining({ status: 200, route: 'unknown' })]);
  });

  it('can end together with the other responses of a turn, which nobody else notices', async () => {
    const noted: unknown[] = [];
    under = await startEdge({
      handle: ({ request, response }) => {
        response.gather();
        response.writeHead(200, { 'Content-Length': 5 });
        response.end('whole', null, null);
        response.end('again');
        noted.push(response.headersSent, request.socket.bytesWritten);
      },
    });
    const [first, second] = await Promise.all([open(under, ...get()), open(under, ...get())]);
    for (const text of [await first.closed, await second.closed]) expect(text).toMatch(/\r\n\r\nwhole$/);
    expect(noted).toEqual([true, 0, true, 0]);
    await until(() => under.lines.length === 2);
    expect(under.lines).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  it('has no body at HEAD, also where the handler gives it one', async () => {
    under = await startEdge({
      handle: ({ response }) => {
        response.gather();
        response.writeHead(404, { 'Content-Length': 5 });
        response.end('whole', null, null);
      },
    });
    const [, ...rest] = get();
    const text = await (await open(under, 'HEAD / HTTP/1.1', ...rest)).closed;
    expect(text).toMatch(/^HTTP\/1\.1 404 [^]*Content-Length: 5\r\n[^]*\r\n\r\n$/);
    expect(text).not.toContain('whole');
    await until(() => under.lines.length > 0);
    expect(under.lines).toMatchObject([{ message: 'request', status: 404 }]);
  });

  it('can end after what was written before, whatever the bytes', async () => {
    under = await startEdge({
      handle: ({ response }) => {
        response.gather();
        response.write('first, ');
        response.end(new TextEncoder().encode('last'));
      },
    });
    expect(await (await open(under, ...get())).closed).toMatch(/first, \r\n4\r\nlast\r\n0\r\n\r\n$/);
  });

  it('can be streamed in both directions', async () => {
    under = await startEdge({
      handle: (exchange) => {
        exchange.continue();
        exchange.request.pipe(exchange.response);
      },
    });
    const client = await open(under, 'POST / HTTP/1.1', 'Host: edge', 'Transfer-Encoding: chunked', '', '3', 'one', '');
    await until(() => client.text().includes('one'));
    client.socket.write('3\r\ntwo\r\n0\r\n\r\n');
    await until(() => client.text().includes('two'));
    client.socket.end();
    await client.closed;
  });
});

describe('a request to upgrade', () => {
  const upgrade = (protocol: string) => [
    'GET / HTTP/1.1',
    'Host: edge',
    `Upgrade: ${protocol}`,
    'Connection: Upgrade',
    '',
    '',
  ];

  it('to a WebSocket hands the raw connection over, and is logged when it ends', async () => {
    under = await startEdge({
      handle: (exchange) => exchange.send(200, {}),
      upgrade: ({ socket }) =>
        void socket.pipe(socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n') ? socket : socket),
    });
    const client = await open(under, ...upgrade('websocket'));
    await until(() => statuses(client.text()).includes(101));
    client.socket.write('echo');
    await until(() => client.text().endsWith('echo'));
    client.socket.end();
    await client.closed;
    await until(() => under.lines.length > 0);
    expect(under.lines).toEqual([expect.objectContaining({ status: 101 })]);
  });

  it('that its handler rejects gets a problem', async () => {
    under = await startEdge({
      handle: (exchange) => exchange.send(200, {}),
      upgrade: (arrival) => arrival.reject({ status: 403, code: 'forbidden' }),
    });
    expect(problemIn(await (await open(under, ...upgrade('websocket'))).closed)).toMatchObject({ status: 403 });
  });

  it.each([
    ['to another protocol', true, 'h2c'],
    ['without a handler for it', false, 'websocket'],
  ])('%s is answered by HTTP/1.1', async (_what, upgrades, protocol) => {
    under = await startEdge({
      handle: (exchange) => exchange.send(200, {}, 'plain'),
      ...(upgrades && { upgrade: (arrival) => arrival.socket.destroy() }),
    });
    const client = await open(under, ...upgrade(protocol));
    await until(() => client.text().endsWith('plain'));
    client.socket.end();
    await client.closed;
  });

  it('that its handler does not take is answered by HTTP/1.1', async () => {
    under = await startEdge({
      handle: (exchange) => exchange.send(200, {}, 'plain'),
      mayUpgrade: ({ url }) => url !== '/',
      upgrade: (arrival) => arrival.socket.destroy(),
    });
    const client = await open(under, ...upgrade('websocket'));
    await until(() => client.text().endsWith('plain'));
    client.socket.end();
    await client.closed;
  });

  it('behind a request that is still open is answered by HTTP/1.1, in its turn', async () => {
    const waiting: Exchange[] = [];
    under = await startEdge({
      handle: (exchange) => void waiting.push(exchange),
      upgrade: (arrival) => arrival.socket.destroy(),
    });
    const client = await open(under, 'GET / HTTP/1.1', 'Host: edge', '', ...upgrade('websocket'));
    await until(() => waiting.length === 2);
    for (const [index, exchange] of waiting.entries()) exchange.send(200, {}, `answer ${index}`);
    await until(() => client.text().endsWith('answer 1'));
    expect(statuses(client.text())).toEqual([200, 200]);
    client.socket.end();
    await client.closed;
  });

  it('ends with its connection when the edge shuts down', async () => {
    under = await startEdge(
      {
        handle: () => undefined,
        upgrade: ({ socket }) => void socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
      },
      { graceMs: 1, drainMs: 1 },
    );
    const client = await open(under, ...upgrade('websocket'));
    await once(client.socket, 'data');
    await under.edge.close();
    await client.closed;
  });
});
