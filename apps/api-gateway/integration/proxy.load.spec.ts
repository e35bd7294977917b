import { once } from 'node:events';
import { type IncomingMessage, request as ask } from 'node:http';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { policyEnvironment } from './support/forward-auth-edge';
import { TestUpstream } from './support/upstream';

const GIB = 1024 ** 3;
const PIECE = Buffer.alloc(1024 ** 2, 'a');
/** Buffers of five sockets and of streams, and what waits for the garbage collector. */
const MOST_MEMORY = 512 * 1024 ** 2;

let upstream: TestUpstream;
let gateway: AttackedGateway;
let key: string;

beforeAll(async () => {
  upstream = await TestUpstream.start();
  gateway = await startAttackedGateway(
    policyEnvironment(`
upstreams: { shop: { url: '${upstream.url}', audience: shop } }
routes: [{ path: /shop/*, upstream: shop, access: user, maxBodyMb: 1024 }]
`),
  );
  key = gateway.key({ tier: 'enterprise' });
});
afterAll(async () => {
  await gateway?.stop();
  upstream?.stop();
});
beforeEach(() => upstream.reset());

/** Writes 1 GiB, as fast as the other side takes it. Returns the most memory that the process took meanwhile. */
async function writeGibibyte(to: NodeJS.WritableStream, most: { bytes: number }): Promise<void> {
  for (let sent = 0; sent < GIB; sent += PIECE.length) {
    if (!to.write(PIECE)) await once(to, 'drain');
    const { arrayBuffers, heapUsed } = process.memoryUsage();
    most.bytes = Math.max(most.bytes, arrayBuffers + heapUsed);
  }
  to.end();
}

/** Reads everything. Stops after each mebibyte for a turn of the event loop, so that the writer is faster. */
async function countBytes(from: IncomingMessage): Promise<number> {
  let bytes = 0;
  let pauseAt = PIECE.length;
  for await (const chunk of from as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes < pauseAt) continue;
    pauseAt = bytes + PIECE.length;
    await new Promise((resolve) => setImmediate(resolve));
  }
  return bytes;
}

it.each(['chunked', 'with a length'])('sends 1 GiB to an upstream in bounded memory, %s', async (how) => {
  const most = { bytes: 0 };
  upstream.answer = (request, response) => void countBytes(request).then((bytes) => response.end(String(bytes)));
  const length = how === 'chunked' ? {} : { 'content-length': GIB };
  const sending = ask(`${gateway.url}/shop`, { method: 'POST', headers: { 'x-api-key': key, ...length } });
  const answered = once(sending, 'response') as Promise<[IncomingMessage]>;
  await writeGibibyte(sending, most);
  const [response] = await answered;
  const [counted] = (await once(response, 'data')) as [Buffer];
  expect([response.statusCode, Number(counted.toString())]).toEqual([200, GIB]);
  expect(most.bytes).toBeLessThan(MOST_MEMORY);
});

it('sends 1 GiB to a client in bounded memory', async () => {
  const most = { bytes: 0 };
  upstream.answer = (_request, response) => void writeGibibyte(response, most);
  const asking = ask(`${gateway.url}/shop`, { headers: { 'x-api-key': key } }).end();
  const [response] = (await once(asking, 'response')) as [IncomingMessage];
  expect(await countBytes(response)).toBe(GIB);
  expect(most.bytes).toBeLessThan(MOST_MEMORY);
});
