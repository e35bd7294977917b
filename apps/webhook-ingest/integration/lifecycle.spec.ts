import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Server, request } from 'node:http';
import { type AddressInfo } from 'node:net';
import { clerkOutcomesStream, outcomesConsumer } from '@gatehouse/contracts';
import { OpsServer } from '@gatehouse/observability';
import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { AckPolicy } from '@nats-io/jetstream';
import { parseSigningSecret } from '../src/receive-webhook/signing-secret';
import { type Ingest, IngestHarness, deliver, newId, sign, secret, userCreated } from './ingest-harness';

const { fingerprint } = parseSigningSecret(secret);

let harness: IngestHarness;

beforeEach(async () => {
  harness = await IngestHarness.create();
});

afterEach(() => harness.dispose());

/** Locks the ledger's table until released, to simulate a slow database. */
async function holdLedger<T>(work: () => Promise<T>): Promise<T> {
  return withClient(harness.database.ownerUrl, async (client) => {
    await client.query('BEGIN');
    await client.query('LOCK TABLE webhook_events IN ACCESS EXCLUSIVE MODE');
    try {
      return await work();
    } finally {
      await client.query('COMMIT');
    }
  });
}

async function waitsForLock(count = 1): Promise<void> {
  await eventually(async () => {
    const [waiting] = await harness.sql<{ n: string }>(
      `SELECT count(*) AS n FROM pg_locks WHERE NOT granted AND relation = 'webhook_events'::regclass`,
    );
    expect(Number(waiting?.n)).toBeGreaterThanOrEqual(count);
  });
}

/** Resolves when `count` more requests have arrived. */
function requestsOf(ingest: Ingest, count: number): Promise<void> {
  const port = Number(new URL(ingest.url).port);
  let arrived = 0;
  return new Promise((resolve) => {
    const note = (message: unknown): void => {
      const { server } = message as { server: Server };
      if ((server.address() as AddressInfo).port !== port || (arrived += 1) < count) return;
      unsubscribe('http.server.request.start', note);
      resolve();
    };
    subscribe('http.server.request.start', note);
  });
}

const ops = (ingest: Ingest, path: string) => fetch(`http://127.0.0.1:${ingest.app.get(OpsServer).port}${path}`);

describe('a shutdown', () => {
  it('answers, records and publishes the requests in progress, and accepts no new connections', async () => {
    const ingest = await harness.start();
    const ids = [newId(), newId(), newId()];
    const { answers, closing } = await holdLedger(async () => {
      const inHand = requestsOf(ingest, ids.length);
      const pending = ids.map((id) => deliver(ingest.url, userCreated(), { id }));
      await inHand;
      await waitsForLock();
      return { answers: pending, closing: ingest.close() };
    });
    for (const answer of await Promise.all(answers)) expect(answer.json).toEqual({ status: 'accepted' });
    await closing;
    await expect(deliver(ingest.url, userCreated())).rejects.toThrow();
    for (const id of ids) expect(await harness.row(id)).toMatchObject({ status: 'processing' });
    expect(await harness.published()).toHaveLength(3);
  });

  it('records a delivery whose sender hung up', async () => {
    const ingest = await harness.start();
    const id = newId();
    const closing = await holdLedger(async () => {
      const body = userCreated();
      const timestamp = Math.floor(Date.now() / 1000);
      const outgoing = request(`${ingest.url}/webhooks/clerk`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'svix-id': id,
          'svix-timestamp': timestamp,
          'svix-signature': sign(secret, id, timestamp, body),
        },
      });
      outgoing.on('error', () => undefined);
      outgoing.end(body);
      await waitsForLock();
      outgoing.destroy();
      return { done: ingest.close() };
    });
    await closing.done;
    expect(await harness.row(id)).toBeDefined();
  });
});

describe('while the database is slow', () => {
  it('a delivery gets 503 with Retry-After when its statement times out, and is accepted when it is sent again', async () => {
    const ingest = await harness.start();
    const id = newId();
    await holdLedger(async () => {
      const { status, json, headers } = await deliver(ingest.url, userCreated(), { id });
      expect({ status, code: json.code }).toEqual({ status: 503, code: 'unavailable' });
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    });
    expect((await deliver(ingest.url, userCreated(), { id })).json).toEqual({ status: 'accepted' });
  });
});

describe('an event of any Clerk instance', () => {
  it('is published, because user-sync decides which instance is ours', async () => {
    const { url } = await harness.start();
    for (const instance of ['ins_123', 'ins_ours', undefined]) {
      const body = userCreated('user_1', { instance_id: instance });
      expect((await deliver(url, body)).json).toEqual({ status: 'accepted' });
    }
  });
});

describe('a flood of forged deliveries', () => {
  it('leaves a limited number of rows, written at a limited rate', async () => {
    const ingest = await harness.start({ REJECTED_KEEP: '5', REJECTED_PER_SECOND: '8' });
    const forged = { secret: `whsec_${Buffer.alloc(24, 1).toString('base64')}` };
    const began = performance.now();
    const answers = await Promise.all(Array.from({ length: 100 }, () => deliver(ingest.url, userCreated(), forged)));
    const seconds = (performance.now() - began) / 1_000;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([400]));
    await ingest.close();
    const [count] = await harness.sql<{ n: string; last: string }>(
      'SELECT count(*) AS n, max(id) AS last FROM rejected_deliveries',
    );
    expect(Number(count?.n)).toBeLessThanOrEqual(5);
    // The limit applies to each second that began during the flood, and to the one before.
    expect(Number(count?.last)).toBeLessThanOrEqual(8 * (Math.ceil(seconds) + 1));
  });
});

describe('behind a proxy', () => {
  it('plain HTTP is rejected when HTTPS is required, and the recorded address is that of the forwarded header', async () => {
    const ingest = await harness.start({ REQUIRE_HTTPS: 'true', TRUST_PROXY: '127.0.0.1' });
    expect(await deliver(ingest.url, userCreated())).toMatchObject({ status: 403, json: { code: 'https_required' } });
    const id = newId();
    const headers = { 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.9' };
    expect((await deliver(ingest.url, userCreated(), { id, headers })).status).toBe(200);
    expect(await harness.row(id)).toMatchObject({ source_ip: '203.0.113.9' });
  });

  it.each([
    ['203.0.113.9:40001', '203.0.113.9'],
    ['[2001:db8::7]:40001, 127.0.0.1:555', '2001:db8::7'],
  ])('the forwarded address %s with a port is recorded as %s', async (forwarded, sourceIp) => {
    const ingest = await harness.start({ TRUST_PROXY: '127.0.0.1' });
    const id = newId();
    await deliver(ingest.url, userCreated(), { id, headers: { 'x-forwarded-for': forwarded } });
    expect(await harness.row(id)).toMatchObject({ source_ip: sourceIp });
  });

  it('a delivery over several hops is accepted only when each hop used HTTPS', async () => {
    const ingest = await harness.start({ REQUIRE_HTTPS: 'true', TRUST_PROXY: '127.0.0.1' });
    const statusOf = async (hops: string) =>
      (await deliver(ingest.url, userCreated(), { id: newId(), headers: { 'x-forwarded-proto': hops } })).status;
    expect([await statusOf('http, https'), await statusOf('https, http')]).toEqual([403, 403]);
    expect(await statusOf('https, https')).toBe(200);
  });

  it('forwarded headers of an untrusted proxy are ignored', async () => {
    const ingest = await harness.start();
    const id = newId();
    await deliver(ingest.url, userCreated(), { id, headers: { 'x-forwarded-for': '203.0.113.9' } });
    expect(await harness.row(id)).toMatchObject({ source_ip: '127.0.0.1' });
  });
});

describe('the operations port', () => {
  it('reports ready with the database, NATS and the streams, and not ready while NATS is unavailable', async () => {
    const ingest = await harness.start();
    await eventually(async () => expect((await ops(ingest, '/readyz')).status).toBe(200));
    await harness.nats.kill();
    await eventually(async () => expect((await ops(ingest, '/readyz')).status).toBe(503));
    expect((await ops(ingest, '/healthz')).status).toBe(200);
  });

  it('reports ready to a load balancer that excludes the checks of NATS', async () => {
    const probe = '/readyz?exclude=nats&exclude=streams&exclude=consumers';
    const ingest = await harness.start();
    await harness.nats.kill();
    await eventually(async () => expect((await ops(ingest, '/readyz')).status).toBe(503));
    expect((await ops(ingest, probe)).status).toBe(200);
    expect((await deliver(ingest.url, userCreated(), { id: newId() })).status).toBe(200);
    expect((await ops(ingest, '/readyz?exclude=streams')).status).toBe(503);
  });

  it('rejects the exclusion of an unknown check and names the known ones', async () => {
    const ingest = await harness.start();
    const response = await ops(ingest, '/readyz?exclude=nats&exclude=steams');
    expect([response.status, await response.json()]).toEqual([
      400,
      {
        status: 'bad_request',
        detail: 'exclude: is not a check of this service: use database, schema, nats, streams, consumers',
      },
    ]);
  });

  it('names the consumer that cannot be used and the reason, and reports ready again once it is corrected', async () => {
    const { name } = clerkOutcomesStream;
    const { durable } = outcomesConsumer;
    await harness.holdKeeper();
    await harness.administer(async (manager) => {
      await manager.consumers.delete(name, durable);
      await manager.consumers.add(name, { durable_name: durable, ack_policy: AckPolicy.None });
    });
    const ingest = await harness.start();
    const why = /^the consumer webhook-ingest of CLERK_OUTCOMES differs from its contract in .*ack_policy/;
    await eventually(async () => {
      const response = await ops(ingest, '/readyz');
      expect(response.status).toBe(503);
      expect(await response.json()).toMatchObject({
        error: { consumers: { status: 'down', message: expect.stringMatching(why) as string } },
      });
    });
    const id = newId();
    expect((await deliver(ingest.url, userCreated(), { id })).status).toBe(200);
    await harness.administer((manager) => manager.consumers.delete(name, durable));
    harness.releaseKeeper();
    await eventually(async () => expect((await ops(ingest, '/readyz')).status).toBe(200));
  });

  it('counts deliveries, rejections, secrets and groups', async () => {
    const ingest = await harness.start();
    await deliver(ingest.url, userCreated());
    await deliver(ingest.url, userCreated(), { timestamp: 1 });
    const metrics = await (await ops(ingest, '/metrics')).text();
    expect(metrics).toContain('gatehouse_ingest_deliveries_total{result="accepted"} 1');
    expect(metrics).toContain(`gatehouse_ingest_verified_total{secret="${fingerprint}"} 1`);
    expect(metrics).toContain(`gatehouse_ingest_bad_timestamps_total{secret="${fingerprint}"} 1`);
    expect(metrics).toContain('gatehouse_ingest_refusals_total{reason="timestamp_too_old"} 1');
    expect(metrics).toContain('gatehouse_ingest_group_rows_count 1');
  });
});
