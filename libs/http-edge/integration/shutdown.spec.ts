import { type Exchange } from '../src';
import { type EdgeUnderTest, open, startEdge, statuses, until } from './edge-under-test';

const GET = ['GET / HTTP/1.1', 'Host: edge', '', ''];

/** An edge whose requests wait for `answer`. */
async function startWaiting(limits: Parameters<typeof startEdge>[1]) {
  const waiting: Exchange[] = [];
  const under = await startEdge({ handle: (exchange) => void waiting.push(exchange) }, limits);
  const answer = () => {
    for (const exchange of waiting.splice(0)) exchange.send(200, {}, 'done');
  };
  return { ...under, waiting, answer };
}

async function refused({ edge }: EdgeUnderTest, url: string): Promise<boolean> {
  expect(edge.server.listening).toBe(false);
  return fetch(url).then(
    () => false,
    () => true,
  );
}

describe('a shutdown', () => {
  it('stops listening, and answers the open request as the last of its connection', async () => {
    const under = await startWaiting({ graceMs: 60_000 });
    const { url } = under.edge;
    const client = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    const closed = under.edge.close();
    expect(under.edge.draining.aborted).toBe(true);
    expect(await refused(under, url)).toBe(true);
    under.answer();
    const text = await client.closed;
    expect(statuses(text)).toEqual([200]);
    expect(text).toContain('Connection: close\r\n');
    await closed;
  });

  it('answers a request that arrives on an idle connection afterwards, as its last one', async () => {
    const under = await startWaiting({ graceMs: 60_000 });
    const client = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    under.answer();
    await until(() => client.text().includes('done'));
    const closed = under.edge.close();
    client.socket.write(GET.join('\r\n'));
    await until(() => under.waiting.length === 1);
    under.answer();
    const text = await client.closed;
    expect(statuses(text)).toEqual([200, 200]);
    expect(text.match(/Connection: (keep-alive|close)/g)).toEqual(['Connection: keep-alive', 'Connection: close']);
    await closed;
  });

  it('closes idle connections after the grace time', async () => {
    const under = await startWaiting({ graceMs: 1 });
    const client = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    under.answer();
    await until(() => client.text().includes('done'));
    await under.edge.close();
    await client.closed;
  });

  it.each([
    ['has sent nothing', []],
    ['has sent a part of its headers', ['GET / HTTP/1.1', 'Host: x', '']],
  ])('closes a connection that %s after the grace time', async (_, lines) => {
    const under = await startWaiting({ graceMs: 1, drainMs: 600_000 });
    const client = await open(under, ...lines);
    await under.edge.close();
    expect(await client.closed).toBe('');
  });

  it('closes a connection after a response that began before', async () => {
    const under = await startWaiting({ graceMs: 1 });
    const client = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    under.waiting[0]?.response.writeHead(200, { 'Content-Length': 4 }).write('do');
    await until(() => client.text().includes('do'));
    const closed = under.edge.close();
    under.waiting[0]?.response.end('ne');
    expect(await client.closed).toContain('done');
    await closed;
  });

  it('sends the rest of a response that has ended, while others end and its client reads slowly', async () => {
    const body = 'a'.repeat(32 * 1024 ** 2);
    const under = await startWaiting({ graceMs: 1 });
    const slow = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    slow.socket.pause();
    under.waiting.splice(0)[0]?.send(200, {}, body);
    const other = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    const closed = under.edge.close();
    await new Promise((resolve) => setTimeout(resolve, 50));
    under.answer();
    expect(await other.closed).toContain('done');
    slow.socket.resume();
    expect((await slow.closed).length).toBeGreaterThan(body.length);
    await closed;
  });

  it('destroys the connections whose requests have not ended within the time limit', async () => {
    const under = await startWaiting({ graceMs: 1, drainMs: 1 });
    const client = await open(under, ...GET);
    await until(() => under.waiting.length === 1);
    await under.edge.close();
    expect(await client.closed).toBe('');
    await until(() => under.lines.length > 0);
    expect(under.lines).toEqual([expect.objectContaining({ status: 499, aborted: true })]);
  });
});
