import { connect } from 'node:net';
import { METRICS } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { type Registry } from 'prom-client';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';

const MIB = 1024 * 1024;
/** 200 MB pass through one process twice: seconds on an idle machine, minutes on a busy one. */
const FLOOD_LIMIT_MS = 240_000;

let harness: IngestHarness;
let ingest: Ingest;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({ REJECTED_KEEP: '20', REJECTED_PER_SECOND: '10', LOG_LEVEL: 'warn' });
  await deliver(ingest.url, userCreated());
});

afterAll(() => harness.dispose());

/** Sends a header of `bytes` over a plain socket; returns the status line, empty if the connection was closed first. */
function sendHeader(bytes: number): Promise<{ statusLine: string; taken: number }> {
  const { port } = new URL(ingest.url);
  return new Promise((resolve) => {
    let answer = '';
    let taken = 0;
    const socket = connect(Number(port), '127.0.0.1');
    socket.on('data', (chunk: Buffer) => (answer += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => {
      taken = socket.bytesWritten - socket.writableLength;
      resolve({ statusLine: answer.split('\r\n')[0] ?? '', taken });
    });
    socket.write('POST /webhooks/clerk HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nsvix-signature: ');
    const chunk = Buffer.alloc(64 * 1024, 0x61);
    let left = bytes;
    const more = (): void => {
      while (left > 0 && socket.writable) {
        left -= chunk.length;
        if (!socket.write(chunk)) return void socket.once('drain', more);
      }
      if (socket.writable) socket.end('\r\n\r\n');
    };
    more();
  });
}

describe('a request with a header of 10 MB', () => {
  it('is rejected long before the header was read, and the service stays available', async () => {
    const { statusLine, taken } = await sendHeader(10 * MIB);
    expect(['', 'HTTP/1.1 431 Request Header Fields Too Large', 'HTTP/1.1 400 Bad Request']).toContain(statusLine);
    expect(taken).toBeLessThan(10 * MIB);
    expect((await deliver(ingest.url, userCreated())).status).toBe(200);
  });
});

/** A request that declares its whole body and sends a part; `answer` is what was received before the connection closed. */
function sendPart(head: readonly string[], sent: Buffer, url = ingest.url) {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const answer = new Promise<string>((resolve) => socket.on('close', () => resolve(text)));
  socket.write(
    ['POST /webhooks/clerk HTTP/1.1', 'Host: x', 'Content-Type: application/json', ...head, '', ''].join('\r\n'),
  );
  socket.write(sent);
  return { socket, answer };
}

const now = () => String(Math.floor(Date.now() / 1_000));
const svix = () => [`svix-id: ${newId()}`, `svix-timestamp: ${now()}`, `svix-signature: v1,${'A'.repeat(43)}=`];

describe('a request with an invalid head', () => {
  it('is answered before its body arrives, and its connection is closed', async () => {
    const length = `Content-Length: ${MIB}`;
    for (const [head, status] of [
      [[length], 400],
      [[...svix(), `Content-Length: ${MIB + 1}`], 413],
      [[...svix(), length, 'Content-Encoding: gzip'], 415],
    ] as const) {
      expect(await sendPart(head, Buffer.alloc(1_000)).answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    }
  });

  it('uses no memory for its body, even when many senders stop in the middle', async () => {
    const requests = Array.from({ length: 100 }, () =>
      sendPart([`Content-Length: ${MIB}`], Buffer.alloc(MIB - 1, 0x20)),
    );
    for (const answer of await Promise.all(requests.map((request) => request.answer))) {
      expect(answer).toMatch(/^HTTP\/1.1 400 |^$/);
    }
    expect(await buffered(ingest)).toBe(0);
    expect((await deliver(ingest.url, userCreated())).status).toBe(200);
  });
});

describe('the bodies in memory', () => {
  it('are limited over all requests, with and without a declared length; above the limit the answer is 503', async () => {
    const small = await harness.start({ MAX_BUFFERED_BYTES: String(2 * MIB), TRUST_PROXY: '127.0.0.1' });
    const from = (address: string) => `X-Forwarded-For: ${address}`;
    const part = Buffer.alloc(MIB - 1_000, 0x20);
    const chunk = Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from('\r\n')]);
    const held = [
      sendPart([...svix(), from('192.0.2.1'), `Content-Length: ${MIB}`], part, small.url),
      sendPart([...svix(), from('192.0.2.2'), 'Transfer-Encoding: chunked'], chunk, small.url),
    ];
    await eventually(async () => expect(await buffered(small)).toBe(2 * MIB));
    const refused = await deliver(small.url, userCreated('user_1', { filler: 'x'.repeat(4_000) }));
    expect(refused).toMatchObject({ status: 503, json: { code: 'unavailable' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    // The outage alert uses this metric.
    expect(await metricsOf(small)).toContain('gatehouse_ingest_deliveries_total{result="unavailable"} 1');
    for (const { socket } of held) socket.destroy();
    await eventually(async () => expect(await buffered(small)).toBe(0));
    expect((await deliver(small.url, userCreated())).status).toBe(200);
    await small.close();
  });

  it('of one address leave room for the deliveries of others', async () => {
    const small = await harness.start({ MAX_BUFFERED_BYTES: String(2 * MIB), TRUST_PROXY: '127.0.0.1' });
    const part = Buffer.alloc(MIB - 1_000, 0x20);
    const send = () => sendPart([...svix(), 'X-Forwarded-For: 192.0.2.1', `Content-Length: ${MIB}`], part, small.url);
    const held = send();
    await eventually(async () => expect(await buffered(small)).toBe(MIB));
    expect(await send().answer).toMatch(/^HTTP\/1.1 503 /);
    expect((await deliver(small.url, userCreated())).status).toBe(200);
    held.socket.destroy();
    await small.close();
  });

  it('are rejected when their chunks add up to more than 1 MiB', async () => {
    const part = Buffer.alloc(MIB + 1, 0x20);
    const chunk = Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part]);
    const { answer } = sendPart([...svix(), 'Transfer-Encoding: chunked'], chunk);
    expect(await answer).toMatch(/^HTTP\/1.1 413 /);
    expect(await buffered(ingest)).toBe(0);
  });
});

async function buffered(of: Ingest): Promise<number> {
  return Number(/^gatehouse_ingest_buffered_bytes (\d+)/m.exec(await metricsOf(of))?.[1] ?? Number.NaN);
}

function metricsOf(of: Ingest): Promise<string> {
  return of.app.get<Registry>(METRICS).metrics();
}

describe('a signature header', () => {
  it.each([
    ['with hundreds of signatures', Array.from({ length: 300 }, () => 'v1,AAAA').join(' ')],
    ['with a signature without a value', 'v1,'],
    ['with a signature that is not base64', 'v1,\u00e4\u00f6'],
    ['with a signature that is too long', `v1,${'A'.repeat(4_000)}`],
  ])('%s is rejected with 400', async (_what, signature) => {
    expect((await deliver(ingest.url, userCreated(), { signature })).status).toBe(400);
  });
});

describe('a flood of forged deliveries', () => {
  it(
    'is limited in rows and in memory, while valid deliveries are accepted',
    async () => {
      const forged = { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` };
      const body = userCreated('user_1', { filler: 'x'.repeat(200_000) });
      const flood = async (count: number, isOver = () => true): Promise<void> => {
        const sender = async (): Promise<void> => {
          for (let n = 0; n < count / 20 || !isOver(); n += 1) {
            expect((await deliver(ingest.url, body, forged)).status).toBe(400);
          }
        };
        await Promise.all(Array.from({ length: 20 }, sender));
      };
      await flood(200);
      const before = process.memoryUsage().rss;
      let through = false;
      // The flood goes on until the valid delivery is accepted.
      const flooding = flood(800, () => through);
      const good = await deliver(ingest.url, userCreated(), { id: newId() }).finally(() => (through = true));
      expect(good.json).toEqual({ status: 'accepted' });
      await flooding;
      // 160 MB were received. The rest is noise of the garbage collector, for sender and receiver together.
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
      const [rows] = await harness.sql<{ n: number }>('SELECT count(*)::integer AS n FROM rejected_deliveries');
      expect(rows?.n).toBeLessThanOrEqual(20);
    },
    FLOOD_LIMIT_MS,
  );
});
