import {
  type LedgerStats,
  type Principal,
  clerkMovementSubject,
  clerkOutcomesStream,
  getLedgerSeries,
  getLedgerStats,
} from '@gatehouse/contracts';
import { type RequestClient } from '@gatehouse/messaging';
import { METRICS } from '@gatehouse/observability';
import { eventually } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { ApplyDeadlines } from '../src/watch-ledger/apply-deadlines';
import { LedgerWatch } from '../src/watch-ledger/ledger-watch';
import { parseSigningSecret } from '../src/receive-webhook/signing-secret';
import { type Ingest, IngestHarness, deliver, newId, otherSecret, secret, userCreated } from './ingest-harness';

const newSecret = `whsec_${Buffer.alloc(24, 11).toString('base64')}`;
const fingerprint = (text: string): string => parseSigningSecret(text).fingerprint;

let harness: IngestHarness;
let ingest: Ingest;
let gateway: RequestClient;
let stats: (hours?: number) => Promise<LedgerStats>;

const admin: Principal = {
  userId: '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11',
  clerkUserId: 'user_admin',
  method: 'clerk_session',
  role: 'admin',
  tier: 'free',
  scopes: [],
  sessionId: 'sess_1',
};

beforeAll(async () => {
  harness = await IngestHarness.create();
  ingest = await harness.start({ CLERK_WEBHOOK_SIGNING_SECRETS: `${secret},${otherSecret}` });
  gateway = harness.requests();
  stats = (hours = 24) => gateway.send(getLedgerStats, { hours }, { principal: admin, requestId: 'r' });
});

afterAll(() => harness.dispose());

it('the statistics of an empty ledger are zero', async () => {
  const empty = await eventually(() => stats());
  expect(empty).toMatchObject({
    byStatus: { pending: 0, success: 0 },
    byType: [],
    byHour: [],
    retries: 0,
    open: { pending: 0, processing: 0, retrying: 0, dead: 0 },
    oldestUnpublished: null,
    oldestUnapplied: null,
    receivedToApplied: { events: 0, p50Ms: null, p99Ms: null },
    lastEvent: null,
    silence: { state: 'unknown' },
  });
});

it('the statistics show counts, latencies, open and dead events, and the use of each secret', async () => {
  const ids = Array.from({ length: 6 }, newId);
  const [applied = '', slow = '', retrying = '', dead = '', waiting = '', open = ''] = ids;
  for (const id of ids) await deliver(ingest.url, userCreated(), { id, secret: id === open ? otherSecret : secret });
  await deliver(ingest.url, Buffer.from('{"type":"role.created","data":{}}'));
  await deliver(ingest.url, userCreated(), { timestamp: 1 });
  await eventually(async () => {
    for (const id of ids) expect(await harness.row(id)).toMatchObject({ status: 'processing' });
  });
  const set = (id: string, change: string) =>
    harness.sql(`UPDATE webhook_events SET ${change} WHERE webhook_id = $1`, [id]);
  await set(applied, `status = 'success', processed_at = created_at + interval '20 ms'`);
  await set(slow, `status = 'success', processed_at = created_at + interval '90 ms'`);
  await set(retrying, `status = 'failed', retry_count = 1, next_retry_at = now() + interval '1 hour'`);
  await set(dead, `status = 'failed', retry_count = 2`);
  await set(waiting, `status = 'pending', published_at = NULL, lease_until = now() + interval '1 hour'`);
  const now = await eventually(async () => {
    const read = await stats();
    expect(read.rejected.kept).toBe(1);
    return read;
  });
  const [newest] = await harness.sql<{ at: Date }>('SELECT max(created_at) AS at FROM webhook_events');
  const hour = new Date(Math.floor((newest?.at.getTime() ?? 0) / 3_600_000) * 3_600_000).toISOString();
  expect(now).toMatchObject({
    byStatus: { pending: 1, processing: 1, success: 2, failed: 2, ignored: 1, invalid: 0 },
    byType: [
      { eventType: 'user.created', count: 6 },
      { eventType: 'role.created', count: 1 },
    ],
    retries: 3,
    open: { pending: 1, processing: 1, retrying: 1, dead: 1 },
    oldestUnpublished: { webhookId: waiting },
    oldestUnapplied: { webhookId: retrying },
    receivedToApplied: { events: 2, p50Ms: 20, p99Ms: 90 },
    lastEvent: { eventType: 'role.created' },
    secrets: [
      { fingerprint: fingerprint(secret), configured: true, deliveries: 6 },
      { fingerprint: fingerprint(otherSecret), configured: true, deliveries: 1 },
    ],
    silence: { state: 'heard' },
  });
  expect(now.byHour.map(({ count }) => count).reduce((a, b) => a + b)).toBe(7);
  expect(now.byHour.at(-1)?.hour).toBe(hour);
});

it('the statistics identify a secret by its fingerprint, in any order of the list and after its removal', async () => {
  const reordered = await harness.start({ CLERK_WEBHOOK_SIGNING_SECRETS: `${otherSecret},${newSecret}` });
  await ingest.close();
  ingest = reordered;
  await deliver(ingest.url, userCreated(), { secret: newSecret });
  const { secrets } = await eventually(() => stats());
  expect(secrets).toMatchObject([
    { fingerprint: fingerprint(otherSecret), configured: true, deliveries: 1 },
    { fingerprint: fingerprint(newSecret), configured: true, deliveries: 1 },
    { fingerprint: fingerprint(secret), configured: false, deliveries: 6 },
  ]);
});

describe('the silence alarm', () => {
  const MINUTE = 60_000;
  let tell: (movement: object) => Promise<unknown>;

  beforeAll(() => {
    const { jetStream } = harness.client('user-sync');
    tell = (movement) =>
      jetStream.publish({
        stream: clerkOutcomesStream,
        subject: clerkMovementSubject,
        messageId: newId(),
        data: new TextEncoder().encode(JSON.stringify(movement)),
      });
  });

  it('is raised once in statistics, metrics and log when Clerk changes a user, until a webhook arrives', async () => {
    const movedAt = Date.now() - 20 * MINUTE;
    await harness.sql(`UPDATE webhook_events SET created_at = now() - interval '1 day'`);
    await eventually(() => tell({ movedAt, source: 'first_login' }));
    await tell({ movedAt: movedAt - MINUTE, source: 'drift' });
    await tell({ movedAt: 'hunter2', source: 'drift' });
    await eventually(async () => {
      const { silence } = await stats();
      expect(silence).toMatchObject({ state: 'alarm', movedAt: new Date(movedAt).toISOString() });
    });
    await eventually(() => expect(ingest.logs()).toContain('Clerk movement dropped: it breaks its contract'));
    const watch = ingest.app.get(LedgerWatch);
    const metric = async () =>
      (await ingest.app.get<Registry>(METRICS).metrics()).match(/^gatehouse_ingest_silence_alarm (\d)/m)?.[1];
    await watch.look();
    await watch.look();
    expect(await metric()).toBe('1');
    const all = await ingest.app.get<Registry>(METRICS).metrics();
    expect(all).toContain('gatehouse_ingest_clerk_movements_total{result="invalid"} 1');
    expect(all).toMatch(/^gatehouse_ingest_outcomes_total\{status="invalid",effect="unchanged"\} 0$/m);
    expect(ingest.logs().split('silence alarm: no webhooks arrive')).toHaveLength(2);
    expect(ingest.logs()).not.toContain('hunter2');

    // An event of another instance does not end the alarm.
    const foreign = newId();
    await deliver(ingest.url, userCreated(), { secret: otherSecret, id: foreign });
    await harness.sql(
      `UPDATE webhook_events SET status = 'ignored', processed_data = '{"decision": "foreign"}' WHERE webhook_id = $1`,
      [foreign],
    );
    expect((await stats()).silence).toMatchObject({ state: 'alarm' });
    await deliver(ingest.url, userCreated(), { secret: otherSecret });
    expect((await stats()).silence).toMatchObject({ state: 'heard' });
    // The service also measures by itself: an older measurement may end after this one.
    await eventually(async () => {
      await watch.look();
      expect(await metric()).toBe('0');
    });
    expect(ingest.logs()).toContain('silence alarm ended');
  });
});

it('the statistics exclude events that are older than requested, except open ones', async () => {
  await harness.sql(`UPDATE webhook_events SET created_at = created_at - interval '2 hours'`);
  const now = await stats(1);
  expect(now.byStatus).toMatchObject({ success: 0, failed: 0 });
  expect(now.open).toMatchObject({ retrying: 1, dead: 1 });
  expect(now.receivedToApplied.events).toBe(0);
});

describe('the metrics of events', () => {
  let registry: Registry;
  let deadlines: ApplyDeadlines;
  const judge = () => deadlines.judge(ingest.app.get(DataSource));
  const counted = async () => {
    const text = await registry.metrics();
    return ['met', 'missed'].map((result) =>
      Number(
        new RegExp(`^gatehouse_ingest_apply_deadlines_total\\{result="${result}"\\} (\\d+)$`, 'm').exec(text)?.[1],
      ),
    );
  };
  const eventWith = async (change: string): Promise<string> => {
    const id = newId();
    await deliver(ingest.url, userCreated(), { id, secret: otherSecret });
    await eventually(async () => expect(await harness.row(id)).toMatchObject({ status: 'processing' }));
    await harness.sql(`UPDATE webhook_events SET ${change} WHERE webhook_id = $1`, [id]);
    return id;
  };

  beforeEach(() => {
    registry = new Registry();
    deadlines = new ApplyDeadlines(registry);
  });

  it('count a deadline as met for events that were applied within 30 s, and as missed for late, waiting, retried and dead ones', async () => {
    await harness.sql(`UPDATE webhook_events SET created_at = now() - interval '1 hour'`);
    const minuteOld = `created_at = now() - interval '1 minute'`;
    await eventWith(`${minuteOld}, status = 'success', processed_at = now() - interval '31 s'`);
    await eventWith(`${minuteOld}, status = 'success', processed_at = now() - interval '29 s'`);
    await eventWith(minuteOld);
    await eventWith(`${minuteOld}, status = 'pending', published_at = NULL, lease_until = now() + interval '1 hour'`);
    await eventWith(`${minuteOld}, status = 'failed', next_retry_at = now() + interval '1 hour'`);
    await eventWith(`${minuteOld}, status = 'failed'`);
    await eventWith(`${minuteOld}, status = 'ignored'`);

    expect(await counted()).toEqual([0, 0]);
    await judge();
    expect(await counted()).toEqual([1, 5]);
  });

  it('do not count an event as dead whose payload was erased', async () => {
    const before = (await stats()).open.dead;
    await eventWith(`status = 'failed', error_details = '{"code": "erased"}'`);
    await eventWith(`status = 'failed', error_details = '{"code": "DATABASE_REFUSED"}'`);
    expect((await stats()).open.dead).toBe(before + 1);
  });

  it('judge each event once, 40 s after its receipt', async () => {
    await harness.sql(`UPDATE webhook_events SET created_at = now() - interval '1 hour'`);
    const id = await eventWith(`created_at = now() - interval '35 s', status = 'success', processed_at = now()`);
    await judge();
    expect(await counted()).toEqual([0, 0]);

    await harness.sql(
      `UPDATE webhook_events SET created_at = now() - interval '40 s', processed_at = now() - interval '39 s'
        WHERE webhook_id = $1`,
      [id],
    );
    await judge();
    await judge();
    expect(await counted()).toEqual([1, 0]);
  });
});

describe('the series', () => {
  /** The events of this test are at the start of 2026, where no others are. */
  const at = (second: number) => new Date(Date.UTC(2026, 0, 5, 10) + second * 1_000).toISOString();
  const series = (request: { since?: string; until?: string; step?: number }) =>
    gateway.send(getLedgerSeries, request, { principal: admin, requestId: 'r' });

  it('shows what came, what left and what stayed in each step, also the steps in which nothing happened', async () => {
    const ids = Array.from({ length: 6 }, newId);
    for (const id of ids) await deliver(ingest.url, userCreated(), { id, secret: otherSecret });
    await eventually(async () => {
      for (const id of ids) expect(await harness.row(id)).toMatchObject({ status: 'processing' });
    });
    const set = (id: string | undefined, change: string) =>
      harness.sql(`UPDATE webhook_events SET ${change} WHERE webhook_id = $1`, [id]);
    const [before, quick, slow, dead, erased, waiting] = ids;
    await set(before, `created_at = '${at(-30)}', status = 'success', retry_count = 2, processed_at = '${at(65)}'`);
    await set(quick, `created_at = '${at(1)}', status = 'success', processed_at = '${at(1.5)}'`);
    // The outcome seems to come before the event when user-sync's clock is behind.
    await set(slow, `created_at = '${at(61)}', status = 'ignored', processed_at = '${at(58)}'`);
    await set(dead, `created_at = '${at(2)}', status = 'failed', retry_count = 3, processed_at = '${at(130)}'`);
    const erasure = `status = 'failed', error_details = '{"code": "erased"}'`;
    await set(erased, `created_at = '${at(3)}', ${erasure}, processed_at = '${at(131)}'`);
    await set(waiting, `created_at = '${at(200)}'`);

    const read = await series({ since: at(7), until: at(230), step: 60 });
    expect(read).toMatchObject({ since: at(0), until: at(230), stepSeconds: 60 });
    const none = { received: 0, rejected: 0, applied: 0, failed: 0, ignored: 0, retries: 0, p50Ms: null, p99Ms: null };
    expect(read.points).toEqual([
      { ...none, at: at(0), received: 3, applied: 1, retries: 3, p50Ms: 500, p99Ms: 500, backlog: 3 },
      { ...none, at: at(60), received: 1, applied: 1, ignored: 1, backlog: 2 },
      { ...none, at: at(120), failed: 2, backlog: 1 },
      { ...none, at: at(180), received: 1, backlog: 2 },
    ]);
  });

  it('ends now, and its last backlog is what is open and dead now', async () => {
    const { points } = await series({ step: 10 });
    const { open } = await stats();
    expect(points.at(-1)?.backlog).toBe(open.pending + open.processing + open.retrying + open.dead);
    expect(points.reduce((sum, { rejected }) => sum + rejected, 0)).toBe(1);
  });
});
