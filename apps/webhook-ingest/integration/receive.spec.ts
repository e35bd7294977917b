import { once } from 'node:events';
import { connect } from 'node:net';
import { METRICS } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { type Registry } from 'prom-client';
import { parseSigningSecret } from '../src/receive-webhook/signing-secret';
import {
  type Ingest,
  IngestHarness,
  deliver,
  fixture,
  newId,
  otherSecret,
  secret,
  sign,
  userCreated,
} from './ingest-harness';

let harness: IngestHarness;
let ingest: Ingest;

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({
    CLERK_WEBHOOK_SIGNING_SECRETS: `${otherSecret},${secret}`,
    REJECTED_PER_SECOND: '1000',
  });
});

afterAll(() => harness.dispose());

const send: typeof deliver = (_url, body, options) => deliver(ingest.url, body, options);
const post = (body: Uint8Array, options?: Parameters<typeof deliver>[2]) => send(ingest.url, body, options);

describe('a delivery with a valid signature', () => {
  it.each([
    'user.created',
    'user.created.phone-only',
    'user.updated',
    'user.deleted',
    'user.deleted.external_id',
    'session.created',
    'session.revoked',
  ])('of the type %s is recorded unchanged, published and then processing', async (name) => {
    const id = newId();
    const body = fixture(name);
    const { status, json } = await post(body, { id });
    expect({ status, json }).toEqual({ status: 200, json: { status: 'accepted' } });
    const row = await harness.row(id);
    expect(row).toMatchObject({
      clerk_user_id: 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1',
      instance_id: 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz',
      signing_secret: parseSigningSecret(secret).fingerprint,
      publish_number: 1,
    });
    expect(row?.body).toEqual(body);
    await eventually(async () =>
      expect(await harness.row(id)).toMatchObject({
        status: 'processing',
        published_at: expect.any(Date),
        stream_sequence: expect.any(String),
        stream_created_at: expect.any(Date),
      }),
    );
  });

  it.each([
    '/api/webhooks/clerk',
    '/api/webhooks',
    '/webhooks/clerk/',
    '/api/webhooks/',
    '/webhooks/clerk?source=svix',
  ])('is accepted at the path %s', async (path) => {
    expect((await post(userCreated(), { path })).status).toBe(200);
  });

  it('is answered with 200 and changes nothing when it is sent again, even with another body', async () => {
    const id = newId();
    await post(userCreated(), { id });
    await eventually(async () => expect(await harness.row(id)).toMatchObject({ status: 'processing' }));
    const before = await harness.row(id);
    expect((await post(userCreated('user_2'), { id })).json).toEqual({ status: 'duplicate' });
    expect(await harness.row(id)).toEqual(before);
  });

  it('is recorded once when it is sent 20 times at the same time', async () => {
    const id = newId();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(userCreated(), { id })));
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(answers.filter(({ json }) => json.status === 'accepted')).toHaveLength(1);
  });

  it('has the same correlation id in the response, the row and the log', async () => {
    const id = newId();
    const { headers } = await post(userCreated(), { id, headers: { 'x-request-id': 'from-the-edge' } });
    const correlationId = headers.get('x-request-id');
    expect(correlationId).toMatch(/^[0-9a-f-]{36}$/);
    expect(await harness.row(id)).toMatchObject({ correlation_id: correlationId });
    const lines = () => {
      const all = ingest.logs().split('\n');
      return all.filter((line) => line.includes(id));
    };
    // The line is written after the response.
    await eventually(() => lines().length > 0);
    const [line = '', ...more] = lines();
    expect(more).toEqual([]);
    const told = { webhookId: id, eventType: 'user.created', result: 'accepted', status: 200 };
    expect(JSON.parse(line)).toMatchObject({ correlationId, clientRequestId: 'from-the-edge', ...told });
  });

  it('with a body of exactly 1 MiB is recorded and published', async () => {
    const id = newId();
    const body = userCreated('user_1', { filler: '' });
    const full = userCreated('user_1', { filler: 'x'.repeat(1024 * 1024 - body.length) });
    expect(full).toHaveLength(1024 * 1024);
    expect((await post(full, { id })).json).toEqual({ status: 'accepted' });
    await eventually(async () => expect(await harness.row(id)).toMatchObject({ status: 'processing' }));
  });

  it('with bytes that PostgreSQL cannot store as text is recorded unchanged, together with others', async () => {
    const odd = [
      Buffer.from('{"type":"user.created","data":{"id":"user_1","first_name":"\0"}}'),
      Buffer.from('{"type":"user.created","data":{"first_name":"\\u0000\\ud800"}}'),
      Buffer.from('{"type":"user.\\u0000\\ud800","instance_id":null,"data":{}}'),
      Buffer.from([0x7b, 0xff, 0xfe, 0x00, 0x7d]),
    ];
    const bodies = [...odd, ...Array.from({ length: 12 }, () => userCreated())];
    const ids = bodies.map(newId);
    const answers = await Promise.all(
      bodies.map((body, index) => post(body, { id: ids[index] ?? '', headers: { 'user-agent': 'caf\u00e9' } })),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array(bodies.length).fill(200));
    for (const [index, body] of bodies.entries()) {
      // A body that is not JSON is not stored.
      const kept = [0, 3].includes(index) ? Buffer.alloc(0) : body;
      expect((await harness.row(ids[index] ?? ''))?.body).toEqual(kept);
    }
  });
});

describe('a delivery that no service handles', () => {
  it.each([
    ['of an unknown type', { type: 'role.created', data: {} }, 'unhandled-type'],
    ['without a type', { data: {} }, 'not-an-event'],
  ])('%s is recorded as ignored with a reason, and not published', async (_what, event, reason) => {
    const id = newId();
    const { status, json } = await post(Buffer.from(JSON.stringify(event)), { id });
    expect({ status, json }).toEqual({ status: 200, json: { status: 'ignored', reason } });
    expect(await harness.row(id)).toMatchObject({
      status: 'ignored',
      publish_number: 0,
      published_at: null,
      processed_data: { decision: reason, reason: expect.any(String), userId: null },
    });
  });

  it.each([
    ['not JSON', 'not json', 'unparseable'],
    ['a JSON list', '[1]', 'not-an-event'],
    ['null', 'null', 'not-an-event'],
    ['a string', '"user.created"', 'not-an-event'],
    ['a number', '1e400', 'not-an-event'],
    ['empty', '', 'unparseable'],
    ['a list nested too deeply', '['.repeat(500_000), 'unparseable'],
  ])('is recorded as ignored when its body is %s', async (_what, text, reason) => {
    const id = newId();
    expect((await post(Buffer.from(text), { id })).json).toEqual({ status: 'ignored', reason });
    expect(await harness.row(id)).toMatchObject({ status: 'ignored', event_type: 'unknown' });
  });
});

it('an event of a handled type is published even if its data is invalid, because user-sync reports the fault', async () => {
  const nested = `{"type":"user.updated","data":${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}}`;
  for (const text of ['{"type":"user.updated"}', '{"type":"user.updated","data":{},"timestamp":1e400}', nested]) {
    expect((await post(Buffer.from(text))).json).toEqual({ status: 'accepted' });
  }
});

describe('a one-time code', () => {
  it.each(['sms.created', 'SMS.created', 'Email.Created'])(
    'in an event of the type %s is neither stored nor logged',
    async (type) => {
      const id = newId();
      const event = JSON.parse(fixture('sms.created').toString()) as { data: object };
      const body = Buffer.from(
        JSON.stringify({ ...event, type, data: { ...event.data, subject: '424242 is your code', body: '424242' } }),
      );
      expect((await post(body, { id })).json).toEqual({ status: 'ignored', reason: 'unhandled-type' });
      const row = await harness.row(id);
      const stored = JSON.parse((row?.body as Buffer).toString()) as { data: object };
      expect(stored.data).toMatchObject({ id: 'sms_3AbCdEfGhIjKlMnOpQrStUvWxM1', status: 'queued' });
      expect(
        JSON.stringify(row, (_key, value: unknown) => (Buffer.isBuffer(value) ? value.toString() : value)),
      ).not.toContain('424242');
      expect(ingest.logs()).not.toContain('424242');
    },
  );

  it.each([
    [
      'an invitation',
      { type: 'organizationInvitation.created', data: { url: 'https://x.example/?__clerk_ticket=s3cret' } },
    ],
    ['a user event', { type: 'user.updated', data: { id: 'user_1', ticket: 's3cret' } }],
  ])('or a ticket in %s is neither stored, published nor logged', async (_what, event) => {
    const id = newId();
    await post(Buffer.from(JSON.stringify(event)), { id });
    expect(String((await harness.row(id))?.body)).toContain('[redacted]');
    expect(String((await harness.row(id))?.body)).not.toContain('s3cret');
    expect(ingest.logs()).not.toContain('s3cret');
    if (event.type !== 'user.updated') return;
    const sent = await eventually(async () =>
      (await harness.published()).find(({ metadata }) => metadata.webhookId === id),
    );
    expect(String(sent?.body)).not.toContain('s3cret');
  });

  it('in a body that is almost JSON is not stored', async () => {
    const id = newId();
    await post(fixture('sms.created').subarray(0, -2), { id });
    expect((await harness.row(id))?.body).toHaveLength(0);
  });
});

describe('a delivery that fails verification', () => {
  const AN_HOUR = 3_600;
  const now = () => Math.floor(Date.now() / 1000);

  it.each([
    ['a forged signature', { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` }, 'signature_mismatch'],
    ['no v1 signature', { signature: 'v2,AAAA' }, 'signature_mismatch'],
    ['a stale timestamp', { timestamp: now() - AN_HOUR }, 'timestamp_too_old'],
    ['a future timestamp', { timestamp: now() + AN_HOUR }, 'timestamp_too_new'],
    ['a timestamp that is not a number', { timestamp: 'now' }, 'malformed_header'],
    ['an id with a dot', { id: 'msg_1.2' }, 'malformed_header'],
    ['an over-long id', { id: 'm'.repeat(257) }, 'malformed_header'],
  ])('because of %s is rejected with 400 and stored without its body', async (_what, options, reason) => {
    const body = userCreated('user_secret_name');
    const { status, json, headers } = await post(body, options);
    expect(status).toBe(400);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(json).toMatchObject({ status: 400, code: reason, requestId: headers.get('x-request-id') });
    await eventually(async () => {
      const noted = await harness.sql<Record<string, unknown>>(
        'SELECT * FROM rejected_deliveries WHERE correlation_id = $1',
        [json.requestId],
      );
      expect(noted).toEqual([
        expect.objectContaining({
          reason,
          body_size: body.length,
          // A malformed header is rejected before the body is read.
          body_sha256: reason === 'malformed_header' ? null : expect.stringMatching(/^[0-9a-f]{64}$/),
        }),
      ]);
      expect(JSON.stringify(noted)).not.toMatch(/user_secret_name|v1,/);
    });
  });

  it('is rejected with 400 when a Svix header is missing or repeated', async () => {
    const response = await fetch(`${ingest.url}/webhooks/clerk`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await response.json()).toMatchObject({ status: 400, code: 'missing_header' });
    const id = newId();
    const timestamp = String(Math.floor(Date.now() / 1000));
    const headers: [string, string][] = [
      ['content-type', 'application/json'],
      ['svix-id', id],
      ['svix-id', id],
      ['svix-timestamp', timestamp],
      ['svix-signature', sign(secret, id, timestamp, Buffer.from('{}'))],
    ];
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      const outgoing = request(`${ingest.url}/webhooks/clerk`, { method: 'POST', headers: headers.flat() });
      outgoing.on('response', (answer) => resolve(answer.resume().statusCode));
      outgoing.on('error', reject);
      outgoing.end('{}');
    });
    expect(status).toBe(400);
  });

  it('does not reserve its id: the same id with a valid signature is accepted', async () => {
    const id = newId();
    const forged = `whsec_${Buffer.alloc(24, 1).toString('base64')}`;
    expect((await post(userCreated(), { id, secret: forged })).status).toBe(400);
    expect((await post(userCreated(), { id })).json).toEqual({ status: 'accepted' });
  });

  it('is rejected when one byte of its body was changed', async () => {
    const id = newId();
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = sign(secret, id, timestamp, userCreated('user_1'));
    expect((await post(userCreated('user_2'), { id, timestamp, signature })).status).toBe(400);
  });
});

describe('the HTTP interface', () => {
  it('rejects a body of 1 MiB and one byte with 413', async () => {
    const { status, json } = await post(Buffer.alloc(1024 * 1024 + 1, 0x20));
    expect({ status, code: json.code }).toEqual({ status: 413, code: 'payload_too_large' });
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp'])(
    'rejects the content type %s with 415',
    async (contentType) => {
      const { status, json } = await post(userCreated(), { contentType });
      expect({ status, code: json.code }).toEqual({ status: 415, code: 'unsupported_media_type' });
    },
  );

  it.each<[string, Parameters<typeof deliver>[2], string]>([
    ['another path', { path: '/webhooks/other' }, 'not_found'],
    ['another content type', { contentType: 'text/plain' }, 'unsupported_media_type'],
    ['a content encoding', { headers: { 'content-encoding': 'gzip' } }, 'unsupported_encoding'],
    ['a malformed id', { id: 'msg_1.2' }, 'malformed_header'],
    ['a forged signature', { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` }, 'signature_mismatch'],
  ])(
    'counts and stores the reason of a signed delivery that it rejects because of %s',
    async (_what, options, reason) => {
      const refused = async () => {
        const line = `gatehouse_ingest_refusals_total{reason="${reason}"}`;
        const metrics = await ingest.app.get<Registry>(METRICS).metrics();
        return Number(
          metrics
            .split('\n')
            .find((each) => each.startsWith(line))
            ?.split(' ')[1] ?? 0,
        );
      };
      const before = await refused();
      const { json } = await post(userCreated(), options);
      expect(json.code).toBe(reason);
      expect(await refused()).toBe(before + 1);
      await eventually(async () => {
        const [noted] = await harness.sql('SELECT reason FROM rejected_deliveries WHERE correlation_id = $1', [
          json.requestId,
        ]);
        expect(noted).toEqual({ reason });
      });
    },
  );

  it('accepts JSON with a charset', async () => {
    expect((await post(userCreated(), { contentType: 'application/json; charset=utf-8' })).status).toBe(200);
  });

  it.each(['GET', 'PUT', 'DELETE'])('rejects %s with 405 and names the allowed method', async (method) => {
    for (const path of ['/webhooks/clerk', '/api/webhooks/clerk?x=1']) {
      const response = await fetch(`${ingest.url}${path}`, { method });
      expect(response.headers.get('allow')).toBe('POST');
      expect(await response.json()).toMatchObject({ status: 405, code: 'method_not_allowed' });
    }
  });

  it.each([
    ['bytes that are not HTTP', 'hello\r\n\r\n', 400, 'bad_request'],
    [
      'headers of 20 KB',
      `POST /webhooks/clerk HTTP/1.1\r\nHost: x\r\nX-A: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])('answers %s with a problem', async (_what, bytes, status, code) => {
    const socket = connect(Number(new URL(ingest.url).port), '127.0.0.1');
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
    socket.on('error', () => undefined);
    socket.write(bytes);
    await once(socket, 'close');
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} .*\r\nContent-Type: application/problem\\+json\r\n`));
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({
      status,
      code,
      requestId: expect.any(String),
    });
  });

  it('answers another path with 404', async () => {
    const { status, json } = await post(userCreated(), { path: '/webhooks/other' });
    expect({ status, code: json.code }).toEqual({ status: 404, code: 'not_found' });
  });
});
