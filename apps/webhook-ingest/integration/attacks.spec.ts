import { type Socket, connect } from 'node:net';
import { METRICS } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { type Registry } from 'prom-client';
import { type Ingest, IngestHarness, deliver, newId, secret, sign, userCreated } from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({ REJECTED_PER_SECOND: '1000' });
});

afterAll(() => harness.dispose());

/** A plain connection; `closed` resolves with everything that was received. */
function open(url: string, bytes = ''): { socket: Socket; text: () => string; closed: Promise<string> } {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  let text = '';
  socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  const closed = new Promise<string>((resolve) => socket.once('close', () => resolve(text)));
  if (bytes !== '') socket.write(bytes);
  return { socket, text: () => text, closed };
}

/** A signed delivery as bytes; `framing` are the headers that say where its body ends. */
function signed(id: string, body: string, framing: string[], sent = body): string {
  const timestamp = Math.floor(Date.now() / 1_000);
  return [
    'POST /webhooks/clerk HTTP/1.1',
    'Host: ingest',
    'Content-Type: application/json',
    `svix-id: ${id}`,
    `svix-timestamp: ${timestamp}`,
    `svix-signature: ${sign(secret, id, timestamp, Buffer.from(body))}`,
    ...framing,
    '',
    sent,
  ].join('\r\n');
}

const event = userCreated().toString();
const length = `Content-Length: ${event.length}`;
const chunked = `${event.length.toString(16)}\r\n${event}\r\n0\r\n\r\n`;

async function metric(of: Ingest, line: string): Promise<number> {
  const metrics = await of.app.get<Registry>(METRICS).metrics();
  const found = metrics.split('\n').find((each) => each.startsWith(`${line} `));
  return Number(found?.split(' ')[1] ?? 0);
}

const refusals = (reason: string) => metric(ingest, `gatehouse_ingest_refusals_total{reason="${reason}"}`);

describe('a delivery whose framing is ambiguous or broken', () => {
  it.each([
    ['a length and chunks', [length, 'Transfer-Encoding: chunked'], chunked, 400, 'bad_request'],
    ['two lengths', [length, `Content-Length: ${event.length + 1}`], event, 400, 'bad_request'],
    ['a coding besides chunked', ['Transfer-Encoding: gzip, chunked'], chunked, 400, 'bad_request'],
    ['a NUL in a header', [length, 'X-A: a\0b'], event, 400, 'bad_request'],
    [
      '1000 headers',
      [length, ...Array.from({ length: 1_000 }, (_, n) => `X-${n}: a`)],
      event,
      431,
      'headers_too_large',
    ],
    ['two Host headers', [length, 'Host: other'], event, 400, 'bad_request'],
  ])('is rejected with a problem because of %s, and not recorded', async (_what, framing, sent, status, code) => {
    const id = newId();
    const text = await open(ingest.url, signed(id, event, framing, sent)).closed;
    expect(text).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ status, code });
    expect(await harness.row(id)).toBeUndefined();
  });

  it('is accepted when it is chunked without a length', async () => {
    const text = await open(
      ingest.url,
      signed(newId(), event, ['Transfer-Encoding: chunked', 'Connection: close'], chunked),
    ).closed;
    expect(text).toContain('{"status":"accepted"}');
  });

  it('and has more bytes than declared is judged by the declared ones; the rest is no request', async () => {
    const text = await open(ingest.url, signed(newId(), event, [length], `${event}more\r\n\r\n`)).closed;
    expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
  });

  it('and has fewer bytes than declared is rejected and counted when its sender ends', async () => {
    const before = await refusals('body_incomplete');
    const id = newId();
    const { socket, closed } = open(ingest.url, signed(id, event, [`Content-Length: ${event.length + 1}`]));
    await eventually(async () =>
      expect(await metric(ingest, 'gatehouse_ingest_buffered_bytes')).toBe(event.length + 1),
    );
    socket.end();
    expect(await closed).toMatch(/^HTTP\/1.1 400 /);
    expect(await refusals('body_incomplete')).toBe(before + 1);
    expect(await metric(ingest, 'gatehouse_ingest_buffered_bytes')).toBe(0);
  });

  it('because its sender vanishes is counted, and leaves nothing in memory', async () => {
    const before = await refusals('body_incomplete');
    const { socket } = open(ingest.url, signed(newId(), event, [`Content-Length: ${event.length + 1}`]));
    await eventually(async () =>
      expect(await metric(ingest, 'gatehouse_ingest_buffered_bytes')).toBe(event.length + 1),
    );
    socket.resetAndDestroy();
    await eventually(async () => expect(await refusals('body_incomplete')).toBe(before + 1));
    expect(await metric(ingest, 'gatehouse_ingest_buffered_bytes')).toBe(0);
  });
});

describe('a sender that is slow', () => {
  it('is disconnected with 408, in its headers, in its body, and when it sends nothing', async () => {
    const before = await refusals('request_timeout');
    const slow = [
      open(ingest.url, 'POST /webhooks/clerk HTTP/1.1\r\nHost: ingest\r\nX-A:'),
      open(ingest.url, signed(newId(), event, [`Content-Length: ${event.length + 1}`])),
      open(ingest.url),
    ];
    for (const text of await Promise.all(slow.map(({ closed }) => closed))) {
      expect(text).toMatch(/^HTTP\/1.1 408 /);
      expect(JSON.parse(text.split('\r\n\r\n')[1] ?? '')).toMatchObject({ code: 'request_timeout' });
    }
    expect(await refusals('request_timeout')).toBe(before + 1);
  });
});

describe('many connections', () => {
  it('that are idle, two thousand of them, do not keep a delivery from being accepted', async () => {
    const idle = Array.from({ length: 2_000 }, () => open(ingest.url));
    expect((await deliver(ingest.url, userCreated())).json).toEqual({ status: 'accepted' });
    for (const { socket } of idle) socket.destroy();
    await Promise.all(idle.map(({ closed }) => closed));
  });

  it('are not needed for deliveries that are pipelined: each is answered, in order', async () => {
    const ids = [newId(), newId(), newId()];
    const deliveries = ids.map((id, n) => signed(id, event, n === 2 ? [length, 'Connection: close'] : [length]));
    const text = await open(ingest.url, deliveries.join('')).closed;
    expect(text.match(/\{"status":"accepted"\}/g)).toHaveLength(3);
    for (const id of ids) expect(await harness.row(id)).toBeDefined();
  });
});

describe('a shutdown', () => {
  it('answers a delivery whose body is still arriving', async () => {
    const closing = await harness.start();
    const id = newId();
    const { socket, closed } = open(closing.url, signed(id, event, [length], event.slice(0, -1)));
    await eventually(async () => expect(await metric(closing, 'gatehouse_ingest_buffered_bytes')).toBe(event.length));
    const done = closing.close();
    await eventually(async () => expect(await fetch(closing.url).catch(() => 'refused')).toBe('refused'));
    socket.write(event.slice(-1));
    expect(await closed).toContain('{"status":"accepted"}');
    await done;
    expect(await harness.row(id)).toBeDefined();
  });
});
