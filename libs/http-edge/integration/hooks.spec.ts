import { type EdgeHandler } from '../src';
import { type EdgeUnderTest, open, problemIn, startEdge, statuses, until } from './edge-under-test';

const GET = ['GET / HTTP/1.1', 'Host: edge', '', ''];
const UPGRADE = ['GET / HTTP/1.1', 'Host: edge', 'Upgrade: websocket', 'Connection: Upgrade', '', ''];

let under: EdgeUnderTest;
afterEach(() => under.edge.close());

const fails = () => {
  throw new TypeError('a fault of the hook');
};
const faults = () => under.lines.filter(({ message }) => message === 'hook of the HTTP server failed');

async function start(hooks: Partial<EdgeHandler>): Promise<void> {
  under = await startEdge({ handle: (exchange) => exchange.send(200, {}), ...hooks }, { graceMs: 0 });
}

/** Sends a request on a connection of its own, and returns the response. */
async function answer(...lines: string[]): Promise<string> {
  const client = await open(under, ...lines);
  await until(() => statuses(client.text()).length > 0);
  client.socket.end();
  return client.closed;
}

describe('a hook that throws is logged, and the server goes on', () => {
  it('when a request has ended', async () => {
    await start({ ended: fails });
    expect(statuses(await answer(...GET))).toEqual([200]);
    await until(() => under.lines.some(({ message }) => message === 'request'));
    const line = under.lines.find(({ message }) => message === 'request');
    expect(faults()).toEqual([expect.objectContaining({ correlationId: line?.correlationId })]);
    expect(statuses(await answer(...GET))).toEqual([200]);
  });

  it.each<[string, Partial<EdgeHandler>]>([
    ['the handler rejects', { handle: (exchange) => exchange.reject({ status: 403, code: 'forbidden' }) }],
    ['a promise of the handler rejects', { handle: () => Promise.reject(new RangeError()) }],
  ])('when %s a request', async (_what, handler) => {
    await start({ explain: () => ({ status: 403, code: 'forbidden' }), ...handler, rejected: fails });
    expect(problemIn(await answer(...GET))).toMatchObject({ status: 403, code: 'forbidden' });
    expect(faults()).toHaveLength(1);
    expect(statuses(await answer(...GET))).toEqual([403]);
  });

  it('when the edge rejects a request', async () => {
    await start({ rejected: fails });
    expect(statuses(await answer(...GET.slice(0, 2), 'Expect: 200-ok', 'Content-Length: 5', '', ''))).toEqual([417]);
    expect(faults()).toHaveLength(1);
    expect(statuses(await answer(...GET))).toEqual([200]);
  });

  it('when an error is to be explained', async () => {
    await start({ handle: () => Promise.reject(new RangeError()), explain: fails });
    expect(problemIn(await answer(...GET))).toMatchObject({ status: 500, code: 'internal' });
    expect(faults()).toHaveLength(1);
  });

  it('when a connection is upgraded: it gets a problem', async () => {
    await start({ upgrade: fails });
    expect(problemIn(await answer(...UPGRADE))).toMatchObject({ status: 500, code: 'internal' });
    expect(faults()).toHaveLength(1);
    expect(statuses(await answer(...GET))).toEqual([200]);
  });

  it('when a connection was upgraded: it is closed', async () => {
    await start({
      upgrade: ({ socket }) => {
        socket.write('HTTP/1.1 101 Switching Protocols\r\n\r\n');
        fails();
      },
    });
    const client = await open(under, ...UPGRADE);
    expect(await client.closed).not.toContain('500');
    expect(faults()).toHaveLength(1);
  });
});

it('a rejection that cannot be sent closes the connection', async () => {
  await start({
    handle: () => Promise.reject(new RangeError()),
    explain: () => ({ status: 409, code: 'conflict', headers: { Allow: 'line\nbreak' } }),
  });
  expect(await (await open(under, ...GET)).closed).toBe('');
  expect(faults()).toHaveLength(1);
});

it('an error of the server after its start is logged, and the server goes on', async () => {
  await start({});
  under.edge.server.emit('error', new Error('too many open files'));
  expect(under.lines).toEqual([expect.objectContaining({ message: 'HTTP server failed' })]);
  expect(statuses(await answer(...GET))).toEqual([200]);
});

it('an address that is in use rejects the start', async () => {
  await start({});
  const port = Number(new URL(under.edge.url).port);
  const second = await startEdge({ handle: (exchange) => exchange.send(200, {}) });
  await second.edge.close();
  await expect(second.edge.listen(port, '127.0.0.1')).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
