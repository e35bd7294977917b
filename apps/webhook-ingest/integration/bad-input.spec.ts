import { connect } from 'node:net';
import { type Ingest, IngestHarness, deliver, newId, userCreated } from './ingest-harness';

const MIB = 1024 * 1024;
/** 200 MB go through one process twice: seconds by themselves, minutes where others are at work. */
const FLOOD_LIMIT_MS = 240_000;

let harness: IngestHarness;
let ingest: Ingest;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({ REJECTED_KEEP: '20', REJECTED_PER_SECOND: '10', LOG_LEVEL: 'warn' });
  await deliver(ingest.url, userCreated());
});

afterAll(() => harness.dispose());

/** Sends one header of so many bytes over a plain socket; gives the status line, or nothing when it was cut off. */
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

describe('a header of 10 MB', () => {
  it('is refused long before it was read, and the service goes on', async () => {
    const { statusLine, taken } = await sendHeader(10 * MIB);
    expect(['', 'HTTP/1.1 431 Request Header Fields Too Large', 'HTTP/1.1 400 Bad Request']).toContain(statusLine);
    expect(taken).toBeLessThan(10 * MIB);
    expect((await deliver(ingest.url, userCreated())).status).toBe(200);
  });
});

describe('odd signatures', () => {
  it.each([
    ['hundreds of them in one header', Array.from({ length: 300 }, () => 'v1,AAAA').join(' ')],
    ['one without a value', 'v1,'],
    ['one that is not base64', 'v1,\u00e4\u00f6'],
    ['one that is longer than any', `v1,${'A'.repeat(4_000)}`],
  ])('%s are 400', async (_what, signature) => {
    expect((await deliver(ingest.url, userCreated(), { signature })).status).toBe(400);
  });
});

describe('a flood of forged deliveries', () => {
  it(
    'is bounded in rows and in memory, and good deliveries still get through',
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
      // It does not end before the good one has been taken.
      const flooding = flood(800, () => through);
      const good = await deliver(ingest.url, userCreated(), { id: newId() }).finally(() => (through = true));
      expect(good.json).toEqual({ status: 'accepted' });
      await flooding;
      // 160 MB came in; what stays is noise of the collector, for sender and receiver together.
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * MIB);
      const [rows] = await harness.sql<{ n: number }>('SELECT count(*)::integer AS n FROM rejected_deliveries');
      expect(rows?.n).toBeLessThanOrEqual(20);
    },
    FLOOD_LIMIT_MS,
  );
});
