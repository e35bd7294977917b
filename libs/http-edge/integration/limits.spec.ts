import { once } from 'node:events';
import { connect } from 'node:net';
import { type DropReason, type Exchange, type Rejection } from '../src';
import { type EdgeUnderTest, open, problemIn, startEdge, statuses, until } from './edge-under-test';

const LIMIT = 1_000;
const POST = ['POST / HTTP/1.1', 'Host: edge'];

let under: EdgeUnderTest | undefined;
const rejected: string[] = [];
const dropped: DropReason[] = [];

async function start(...[limits]: [Parameters<typeof startEdge>[1]?]): Promise<EdgeUnderTest> {
  under = await startEdge(
    {
      async handle(exchange: Exchange): Promise<void> {
        exchange.route = '/';
        const body = await exchange.readBody(LIMIT);
        exchange.sendJson(200, { received: body.toString() });
      },
      rejected: (_exchange, { code, reason }: Rejection) => void rejected.push(reason ?? code),
      dropped: (reason) => void dropped.push(reason),
    },
    { graceMs: 0, lingerMs: 50, ...limits },
  );
  return under;
}

afterEach(async () => {
  await under?.edge.close();
  under = undefined;
  rejected.length = 0;
  dropped.length = 0;
});

describe('a request that is not whole or not HTTP', () => {
  it.each([
    ['bytes that are not HTTP', ['hello', '', ''], 400],
    ['a NUL in a header', [...POST, 'X-A: a\0b', 'Content-Length: 0', '', ''], 400],
    ['a header folded over two lines', [...POST, 'X-A: a', ' b', 'Content-Length: 0', '', ''], 400],
    ['a space before the colon', [...POST, 'Content-Length : 0', '', ''], 400],
    ['a bare line feed between headers', [...POST, 'X-A: a\nContent-Length: 0', '', ''], 400],
    ['no Host header', ['POST / HTTP/1.1', 'Content-Length: 0', '', ''], 400],
    ['two Host headers', [...POST, 'Host: other', 'Content-Length: 0', '', ''], 400],
    [
      'a length and a transfer encoding',
      [...POST, 'Content-Length: 5', 'Transfer-Encoding: chunked', '', '0', '', ''],
      400,
    ],
    [
      'a transfer encoding and a length',
      [...POST, 'Transfer-Encoding: chunked', 'Content-Length: 5', '', '0', '', ''],
      400,
    ],
    ['two different lengths', [...POST, 'Content-Length: 5', 'Content-Length: 6', '', 'hello!'], 400],
    ['a list of lengths', [...POST, 'Content-Length: 5, 5', '', 'hello'], 400],
    ['a negative length', [...POST, 'Content-Length: -1', '', ''], 400],
    ['a length with a sign', [...POST, 'Content-Length: +5', '', 'hello'], 400],
    ['a hexadecimal length', [...POST, 'Content-Length: 0x5', '', 'hello'], 400],
    ['a transfer encoding that is not the last', [...POST, 'Transfer-Encoding: chunked, gzip', '', '0', '', ''], 400],
    ['a transfer encoding besides chunked', [...POST, 'Transfer-Encoding: gzip, chunked', '', '0', '', ''], 400],
    ['chunked twice', [...POST, 'Transfer-Encoding: chunked, chunked', '', '0', '', ''], 400],
    ['a transfer encoding in HTTP/1.0', ['POST / HTTP/1.0', 'Transfer-Encoding: chunked', '', '0', '', ''], 400],
    ['a chunk without a size', [...POST, 'Transfer-Encoding: chunked', '', 'x', ''], 400],
    ['a method that does not exist', ['STEAL / HTTP/1.1', 'Host: edge', '', ''], 400],
    ['CONNECT', ['CONNECT edge:80 HTTP/1.1', 'Host: edge', '', ''], 405],
    ['an expectation that is unknown', [...POST, 'Expect: 200-ok', 'Content-Length: 5', '', ''], 417],
    ['1000 headers', [...POST, ...Array.from({ length: 1_000 }, (_, n) => `X-${n}: a`), '', ''], 431],
    ['a header of 20 KB', [...POST, `X-A: ${'a'.repeat(20_000)}`, '', ''], 431],
  ])('is rejected with a problem because of %s, and its connection is closed', async (_what, lines, status) => {
    const client = await open(await start(), ...lines);
    const text = await client.closed;
    expect(statuses(text)).toEqual([status]);
    expect(text).toContain('Content-Type: application/problem+json\r\n');
    expect(text).toMatch(/Connection: close\r\n/i);
    expect(problemIn(text)).toMatchObject({ status, code: expect.any(String), requestId: expect.any(String) });
  });

  it('is rejected with 408 when its headers do not arrive in time', async () => {
    const client = await open(await start({ headersMs: 200, requestMs: 200 }), 'POST / HTTP/1.1', 'Host: e');
    expect(problemIn(await client.closed)).toMatchObject({ status: 408, code: 'request_timeout' });
  });

  it('is rejected with 408 when nothing is sent at all', async () => {
    const client = await open(await start({ headersMs: 200, requestMs: 200 }));
    expect(statuses(await client.closed)).toEqual([408]);
  });

  it('is rejected with 408 when its body does not arrive in time, and is counted and logged', async () => {
    const { lines, budget } = await start({ headersMs: 200, requestMs: 200 });
    const client = await open(under!, ...POST, 'Content-Length: 10', '', 'half');
    expect(problemIn(await client.closed)).toMatchObject({ status: 408, code: 'request_timeout' });
    expect(rejected).toEqual(['request_timeout']);
    await until(() => lines.length > 0);
    expect(lines).toEqual([expect.objectContaining({ status: 408, reason: 'request_timeout', route: '/' })]);
    expect(budget.bytes).toBe(0);
  });
});

describe('a body', () => {
  it('longer than declared ends at the declared length; the rest is not HTTP', async () => {
    const client = await open(await start(), ...POST, 'Content-Length: 5', '', 'hello and more\r\n\r\n');
    const text = await client.closed;
    expect(statuses(text)).toEqual([200]);
    expect(text).toContain('{"received":"hello"}');
  });

  it('shorter than declared is rejected when the client ends', async () => {
    const { lines, budget } = await start();
    const client = await open(under!, ...POST, 'Content-Length: 10', '', 'half');
    await until(() => budget.bytes === 10);
    client.socket.end();
    await client.closed;
    await until(() => lines.length > 0);
    expect(lines).toEqual([expect.objectContaining({ status: 400, reason: 'body_incomplete' })]);
    expect(rejected).toEqual(['body_incomplete']);
    expect(budget.bytes).toBe(0);
  });

  it('of a client that vanishes is given up, counted and logged once', async () => {
    const { lines, budget } = await start();
    const client = await open(under!, ...POST, 'Content-Length: 10', '', 'half');
    await until(() => budget.bytes === 10);
    client.socket.resetAndDestroy();
    await until(() => lines.length > 0);
    expect(lines).toEqual([expect.objectContaining({ status: 499, reason: 'body_incomplete', aborted: true })]);
    expect(rejected).toEqual(['body_incomplete']);
    expect(budget.bytes).toBe(0);
  });

  it('with a declared length above the limit is rejected before it is sent', async () => {
    const client = await open(await start(), ...POST, `Content-Length: ${LIMIT + 1}`, '', '');
    const text = await client.closed;
    expect(problemIn(text)).toMatchObject({ status: 413, code: 'payload_too_large' });
  });

  it('without a declared length is rejected when its chunks exceed the limit', async () => {
    const chunk = `${LIMIT.toString(16)}\r\n${'a'.repeat(LIMIT)}\r\n`;
    const client = await open(await start(), ...POST, 'Transfer-Encoding: chunked', '', `${chunk}1\r\na\r\n`);
    expect(problemIn(await client.closed)).toMatchObject({ status: 413 });
    expect(under?.budget.bytes).toBe(0);
  });

  it('without a declared length is read when its chunks are within the limit', async () => {
    const client = await open(
      await start(),
      ...POST,
      'Transfer-Encoding: chunked',
      'Connection: close',
      '',
      '5',
      'hello',
      '0',
      '',
      '',
    );
    expect(await client.closed).toContain('{"received":"hello"}');
  });

  it('is rejected with 503 and Retry-After while the budget is used up', async () => {
    const { budget } = await start();
    expect(budget.take(1_000_000)).toBe(true);
    const refused = await (await open(under!, ...POST, 'Content-Length: 5', 'Connection: close', '', 'hello')).closed;
    expect(statuses(refused)).toEqual([503]);
    expect(refused).toContain('Retry-After: 5\r\n');
    expect(rejected).toEqual(['overloaded']);
    budget.giveBack(1_000_000);
    const read = await (await open(under!, ...POST, 'Content-Length: 5', 'Connection: close', '', 'hello')).closed;
    expect(statuses(read)).toEqual([200]);
    expect(budget.bytes).toBe(0);
  });
});

describe('a client that expects 100-continue', () => {
  const expecting = (length: number) => [...POST, 'Expect: 100-continue', `Content-Length: ${length}`, '', ''];

  it('is asked for a body that is wanted, and its connection stays open', async () => {
    const client = await open(await start(), ...expecting(5));
    await until(() => statuses(client.text()).length === 1);
    expect(statuses(client.text())).toEqual([100]);
    client.socket.write('hello');
    await until(() => client.text().includes('{"received":"hello"}'));
    expect(client.text()).toContain('Connection: keep-alive\r\n');
    client.socket.end();
    await client.closed;
  });

  it('gets the rejection instead, and its connection is closed', async () => {
    const text = await (await open(await start(), ...expecting(LIMIT + 1))).closed;
    expect(statuses(text)).toEqual([413]);
    expect(text).toContain('Connection: close\r\n');
  });
});

describe('connections', () => {
  it('beyond the limit are closed, and the others are served', async () => {
    await start({ connections: 2 });
    const first = await open(under!);
    const second = await open(under!);
    expect(await (await open(under!, ...POST, 'Content-Length: 0', '', '')).closed).toBe('');
    first.socket.write([...POST, 'Content-Length: 0', '', ''].join('\r\n'));
    await until(() => statuses(first.text()).includes(200));
    first.socket.end();
    second.socket.end();
    await Promise.all([first.closed, second.closed]);
    expect(dropped).toEqual(['limit']);
  });

  it('of one address have a share once half of all are open, except those of a trusted proxy', async () => {
    await start({ connections: 4, connectionsPerAddress: 1 });
    const [first, second] = [await open(under!), await open(under!)];
    expect(await (await open(under!)).closed).toBe('');
    expect(under!.lines).toContainEqual(
      expect.objectContaining({ message: 'too many connections of one address are open: new ones are closed' }),
    );
    expect(dropped).toEqual(['address']);
    first.socket.end();
    await first.closed;
    const third = await open(under!, ...POST, 'Content-Length: 0', '', '');
    await until(() => statuses(third.text()).includes(200));
    for (const { socket } of [second, third]) socket.end();
    await under!.edge.close();

    const handler = { handle: (exchange: Exchange) => exchange.send(204, {}) };
    under = await startEdge(handler, { graceMs: 0, connections: 4, connectionsPerAddress: 1 }, ['127.0.0.1']);
    const clients = await Promise.all([open(under), open(under), open(under), open(under)]);
    for (const { socket } of clients) socket.write([...POST, 'Content-Length: 0', '', ''].join('\r\n'));
    await until(() => clients.every(({ text }) => statuses(text()).includes(204)));
    for (const { socket } of clients) socket.destroy();
  });

  it('that are idle, two thousand of them, do not stop others from being served', async () => {
    await start();
    const idle = await Promise.all(Array.from({ length: 2_000 }, () => open(under!)));
    const text = await (await open(under!, ...POST, 'Content-Length: 0', 'Connection: close', '', '')).closed;
    expect(statuses(text)).toEqual([200]);
    for (const { socket } of idle) socket.destroy();
    await Promise.all(idle.map(({ closed }) => closed));
  });

  it('may pipeline requests, which are answered in order, up to the limit', async () => {
    const waiting: Exchange[] = [];
    under = await startEdge(
      {
        handle: (exchange) => void waiting.push(exchange),
        rejected: (_exchange, { reason }) => void rejected.push(reason ?? ''),
      },
      { pipelined: 2 },
    );
    const client = await open(
      under,
      ...['/1', '/2', '/3'].flatMap((path) => [`GET ${path} HTTP/1.1`, 'Host: e', '']),
      '',
    );
    await until(() => rejected.length > 0);
    for (const exchange of waiting) exchange.send(200, {}, exchange.url);
    const text = await client.closed;
    expect(statuses(text)).toEqual([200, 200, 503]);
    expect(text.indexOf('/1')).toBeLessThan(text.indexOf('/2'));
    expect(rejected).toEqual(['overloaded']);
  });

  it('that ask for a tunnel are closed, also if the client keeps its side open', async () => {
    const { lines } = await start();
    const port = Number(new URL(under!.edge.url).port);
    const client = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    client.on('error', () => undefined).resume();
    client.write('CONNECT edge:80 HTTP/1.1\r\nHost: edge\r\n\r\n');
    // Logged when the connection is closed.
    await until(() => lines.length > 0);
    expect(lines).toMatchObject([{ method: 'CONNECT', status: 405 }]);
    client.destroy();
  });

  it('answer the requests that came before bytes that are not HTTP, and are then closed', async () => {
    const client = await open(await start(), ...POST, 'Content-Length: 1', '', 'agarbage\r\n\r\n');
    const text = await client.closed;
    expect(statuses(text)).toEqual([200]);
    expect(text).toContain('"received":"a"');
  });

  it('are closed after bytes that are not HTTP, also behind a response whose head promised to keep them open', async () => {
    const handled: Exchange[] = [];
    under = await startEdge({ handle: (exchange) => void handled.push(exchange) });
    const client = await open(under, 'GET / HTTP/1.1', 'Host: edge', '', '');
    await until(() => handled.length === 1);
    const [{ response } = {}] = handled;
    response?.write('half, ');
    await until(() => client.text().includes('half'));
    expect(client.text()).toContain('Connection: keep-alive');
    const unreadable = once(under.edge.server, 'clientError');
    client.socket.write('garbage\r\n\r\n');
    await unreadable;
    response?.end('whole');
    expect(await client.closed).toMatch(/whole\r\n0\r\n\r\n$/);
  });

  it('answer a request that is rejected before the rest of it turns out not to be HTTP', async () => {
    under = await startEdge({ handle: (exchange) => exchange.send(401, {}) });
    const text = await (
      await open(under, 'POST / HTTP/1.1', 'Host: edge', 'Transfer-Encoding: chunked', '', 'no length', '')
    ).closed;
    expect(statuses(text)).toEqual([401]);
  });

  it('answer what was pipelined before such a request, in order', async () => {
    under = await startEdge({ handle: (exchange) => exchange.send(401, {}, exchange.url) });
    const text = await (
      await open(
        under,
        ...['GET /1 HTTP/1.1', 'Host: edge', ''],
        ...['GET /2 HTTP/1.1', 'Host: edge', ''],
        ...['POST /3 HTTP/1.1', 'Host: edge', 'Transfer-Encoding: chunked', '', 'no length', ''],
      )
    ).closed;
    expect(statuses(text)).toEqual([401, 401, 401]);
    expect(['/1', '/2', '/3'].map((url) => text.indexOf(url)).every((at, n, all) => at > (all[n - 1] ?? 0))).toBe(true);
  });
});

describe('a connection without traffic', () => {
  const LATER_MS = 300;

  it('stays open while its client waits for the handler', async () => {
    const handle = async (exchange: Exchange) => {
      await new Promise((resolve) => setTimeout(resolve, LATER_MS));
      exchange.send(200, {}, 'late');
    };
    under = await startEdge({ handle }, { idleMs: 50 });
    const client = await open(under, 'GET / HTTP/1.1', 'Host: edge', '', '');
    await until(() => client.text().endsWith('late'));
    client.socket.end();
    await client.closed;
  });

  it('is closed while the rest of a body is missing', async () => {
    under = await startEdge({ handle: (exchange) => void exchange.request.resume() }, { idleMs: 50 });
    const client = await open(under, 'POST / HTTP/1.1', 'Host: edge', 'Content-Length: 5', '', 'he');
    expect(await client.closed).toBe('');
  });
});
