import { randomUUID } from 'node:crypto';
import { type IncomingMessage, type ServerResponse, get } from 'node:http';
import { eventually } from '@gatehouse/testing';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { policyEnvironment } from './support/forward-auth-edge';
import { TestUpstream } from './support/upstream';

const MINUTE_MS = 60_000;

let gateway: AttackedGateway;
let upstream: TestUpstream;
/** The response that the upstream has not ended yet. */
let open: ServerResponse | undefined;
/** Whether the gate has closed its connection to the upstream. */
let isAbandoned = false;

beforeAll(async () => {
  upstream = await TestUpstream.start();
  const environment = policyEnvironment(`
upstreams:
  feed: { url: '${upstream.url}', audience: feed }
  brief: { url: '${upstream.url}', audience: feed, timeoutMs: 500 }
routes:
  - { path: /feed/*, methods: [GET], upstream: feed, access: user }
  - { path: /brief/*, methods: [GET], upstream: brief, access: user }
  - { path: /public, upstream: feed, access: public }
`);
  gateway = await startAttackedGateway({ ...environment, GATE_STREAMS_PER_USER: '2' });
});
afterAll(async () => {
  await gateway?.stop();
  upstream?.stop();
});

/** Lets the upstream answer every request with the head of a response that has no end. */
function answerWith(headers: Record<string, string>): void {
  [open, isAbandoned] = [undefined, false];
  upstream.answer = (_request, response) => {
    response.writeHead(200, headers).flushHeaders();
    response.once('close', () => (isAbandoned = !response.writableFinished));
    open = response;
  };
}
const events = { 'content-type': 'text/event-stream; charset=utf-8' };

/** What a client has received. */
interface Received {
  readonly response: IncomingMessage;
  text: string;
  /** Set when nothing more can come. `complete`: the response has its end. */
  end: 'complete' | 'broken off' | undefined;
}

/** Sends a request, and waits for the head of the response. */
async function request(path: string, key?: string): Promise<Received> {
  const headers = key === undefined ? {} : { 'x-api-key': key };
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    get(`${gateway.url}${path}`, { agent: false, headers }, resolve).on('error', reject);
  });
  const received: Received = { response, text: '', end: undefined };
  response.on('data', (chunk: Buffer) => (received.text += chunk.toString()));
  response.on('error', () => undefined);
  response.once('close', () => (received.end = response.complete ? 'complete' : 'broken off'));
  return received;
}

const arrived = (received: Received, text: string) => eventually(() => received.text.endsWith(text));

describe('a stream of events', () => {
  beforeEach(() => answerWith(events));

  it('passes its head and each event at once, and no proxy in front may buffer it', async () => {
    const stream = await request('/feed/1', gateway.key());
    expect(stream.response.headers).toMatchObject({ ...events, 'x-accel-buffering': 'no' });
    expect(stream.response.headers['content-encoding']).toBeUndefined();
    for (const event of ['data: 1\n\n', 'data: 2\n\n']) {
      open?.write(event);
      await arrived(stream, event);
    }
    open?.end('data: 3\n\n');
    await eventually(() => stream.end === 'complete');
    expect(stream.text).toBe('data: 1\n\ndata: 2\n\ndata: 3\n\n');
    await eventually(() =>
      /"route":"proxy \/feed\/\*","status":200,.*"closed":"upstream","bytes":27/.test(gateway.logs()),
    );
  });

  it('may pause for longer than timeoutMs', async () => {
    const stream = await request('/brief/1', gateway.key());
    // The 500 ms of its upstream, and more.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    open?.write('data: late\n\n');
    await arrived(stream, 'data: late\n\n');
  });

  it('is ended by the revocation of its key, and nothing passes before', async () => {
    const key = gateway.key();
    const stream = await request('/feed/1', key);
    open?.write('data: 1\n\n');
    await arrived(stream, 'data: 1\n\n');
    const release = gateway.holdLookups();
    await gateway.revoke(key);
    open?.write('data: secret\n\n');
    const other = await request('/public');
    expect(stream.text).toBe('data: 1\n\n');
    release();
    await eventually(() => stream.end === 'complete' && isAbandoned);
    expect(stream.text).toBe('data: 1\n\n');
    other.response.destroy();
  });

  it('that was held goes on with every byte when the caller is confirmed', async () => {
    const userId = randomUUID();
    const stream = await request('/feed/1', gateway.key({ userId }));
    const asked = gateway.lookedUp();
    const release = gateway.holdLookups();
    gateway.changes.change({ kind: 'user', reason: 'tier', userId, clerkUserId: null });
    await eventually(() => gateway.lookedUp() > asked);
    for (let index = 0; index < 100; index++) open?.write(`data: ${index}\n\n`);
    release();
    await arrived(stream, 'data: 99\n\n');
    expect(stream.text.match(/\d+/g)?.map(Number)).toEqual(Array.from({ length: 100 }, (_, index) => index));
  });

  it('ends before the gateway loses its lease', async () => {
    const stream = await request('/feed/1', gateway.key());
    gateway.changes.leaseless = true;
    try {
      await eventually(() => stream.end === 'complete');
      const refused = await request('/feed/1', gateway.key());
      expect(refused.response.statusCode).toBe(503);
    } finally {
      gateway.changes.leaseless = false;
    }
    await eventually(async () => (await request('/feed/1', gateway.key())).response.statusCode === 200);
  });

  it('counts among the streams of its caller, and other responses do not', async () => {
    const key = gateway.key();
    const streams = [await request('/feed/1', key), await request('/feed/1', key)];
    const refused = await request('/feed/1', key);
    await eventually(() => refused.end !== undefined);
    expect([refused.response.statusCode, refused.text]).toEqual([429, expect.stringContaining('too_many_streams')]);
    answerWith({});
    expect((await request('/feed/1', key)).response.statusCode).toBe(200);
    streams[0]?.response.destroy();
    answerWith(events);
    await eventually(async () => (await request('/feed/1', key)).response.statusCode === 200);
  });
});

describe('another response', () => {
  beforeEach(() => answerWith({ 'content-type': 'application/x-ndjson' }));

  it('that pauses for longer than timeoutMs is broken off', async () => {
    const answer = request('/brief/1', gateway.key());
    await eventually(() => open !== undefined);
    open?.write('{}\n');
    const received = await answer;
    await eventually(() => received.end === 'broken off' && isAbandoned);
    expect(received.text).toBe('{}\n');
  });

  it('is broken off by the revocation of its key', async () => {
    const key = gateway.key();
    const answer = request('/feed/1', key);
    await eventually(() => open !== undefined);
    const beat = setInterval(() => open?.write('{}\n'), 50);
    try {
      const received = await answer;
      await gateway.revoke(key);
      await eventually(() => received.end === 'broken off' && isAbandoned);
    } finally {
      clearInterval(beat);
    }
  });

  it('is broken off after maxConnectionMinutes', async () => {
    const answer = request('/public');
    await eventually(() => open !== undefined);
    const beat = setInterval(() => open?.write('{}\n'), 50);
    try {
      const received = await answer;
      gateway.letTimePass(60 * MINUTE_MS);
      await eventually(() => received.end === 'broken off' && isAbandoned);
    } finally {
      clearInterval(beat);
    }
  });
});
