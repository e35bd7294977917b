import { randomBytes, randomUUID } from 'node:crypto';
import { connect as connectTcp } from 'node:net';
import { mintApiKey } from '@gatehouse/auth';
import { type Tier, resolveKey, resolvePrincipal } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { TrustChangeFeed } from '../src/trust/trust-change-feed';
import { call } from './support/call';
import { ChangePublisher } from './support/change-publisher';
import { mint } from './support/clerk-tokens';
import { EventClient } from './support/event-client';
import { samplePrincipal } from './support/samples';
import { type Replica, type TestGateway, startTestGateway } from './support/test-gateway';

const MINUTES = 60_000;

let gateway: TestGateway;
let other: Replica;
let publisher: ChangePublisher;
let people = 0;
let clerkUserId: string;
let userId: string;
let sessionId: string;
const ids = new Map<string, string>();
const ended = new Set<string>();
const inactive = new Set<string>();
/** Tier of the users; `enterprise` without an entry. */
const tiers = new Map<string, Tier>();
/** The API key of the test. */
let key = { scopes: [] as string[], state: 'active' as 'active' | 'revoked', keyId: randomUUID() };
const clients: EventClient[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({ REALTIME_BUFFER_MB: '1' }, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body }) => {
      const { clerkUserId: subject } = body;
      ids.set(subject, ids.get(subject) ?? randomUUID());
      return samplePrincipal(subject, {
        ...{
          userId: ids.get(subject) ?? '',
          isActive: !inactive.has(subject),
          tier: tiers.get(subject) ?? 'enterprise',
        },
        ...{ change: gateway.changes.number, sessionEnded: ended.has(body.sessionId) },
      });
    });
    const holder = { clerkUserId: null, role: 'user', tier: 'enterprise', isActive: true } as const;
    userSync.answer(resolveKey, () => ({
      change: gateway.changes.number,
      key: { ...holder, userId, ...key, expiresAt: null, rateLimit: null },
    }));
  });
  other = await gateway.another();
  publisher = await ChangePublisher.start(gateway.nats);
});

afterAll(async () => {
  await publisher?.stop();
  await other?.app.close();
  await gateway?.stop();
});

beforeEach(() => {
  people += 1;
  clerkUserId = `user_live${people}`;
  sessionId = `sess_live${people}`;
  userId = randomUUID();
  ids.set(clerkUserId, userId);
  key = { scopes: ['realtime:read', '*:read'], state: 'active', keyId: randomUUID() };
});

afterEach(() => {
  for (const client of clients.splice(0)) client.close();
});

const newKey = () => mintApiKey({ environment: 'dev', random: randomBytes(32) });
const bearer = async () => ({ authorization: `Bearer ${await mint(gateway.pair, clerkUserId)}` });

/** Opens a stream of the test's user, and waits for its first event. */
async function open(at: Replica = gateway, lastEventId?: string, headers?: Record<string, string>) {
  const credential = headers ?? (await bearer());
  const client = await eventually(() => EventClient.open(at.url, credential, lastEventId));
  clients.push(client);
  await eventually(() => client.events.length > 0);
  return client;
}

const metric = async (name: string, at: Replica = gateway) =>
  Number(new RegExp(`^${name.replace(/[{}]/g, '\\$&')} (\\S+)$`, 'm').exec(await at.metrics())?.[1]);

it('answers 503 until it knows the changes of the last minutes, while every other route works', async () => {
  const answer = await call(`${gateway.url}/api/realtime`, undefined, { headers: await bearer() });
  expect(answer).toMatchObject({ status: 503, body: { code: 'realtime_unavailable' } });
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  expect((await fetch(`${gateway.ops}/readyz`)).status).toBe(200);
  await publisher.createStreams();
  expect((await open()).names).toEqual(['reset']);
});

describe('a stream', () => {
  it('begins with the instruction to fetch everything, and says how proxies must treat it', async () => {
    const client = await open();
    expect(client.events[0]).toMatchObject({ event: 'reset', data: { reason: 'new' }, id: expect.stringMatching(/./) });
    expect(Object.fromEntries(client.response.headers)).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
      'x-request-id': expect.stringMatching(/./),
      'ratelimit-policy': expect.stringMatching(/./),
    });
  });

  it("brings the user's own changes through every gateway, and nobody else's", async () => {
    const streams = [await open(), await open(other)];
    const [item, template] = [randomUUID(), randomUUID()];
    const stranger = randomUUID();
    await publisher.item(stranger, item, 1, 'secret');
    await publisher.user(stranger, 1, 'secret');
    await publisher.item(userId, item, 1, 'Milk');
    await publisher.template(userId, template, 1);
    await publisher.itemDeleted(userId, item, 2);
    await publisher.user(userId, 7, 'Ada L.');
    for (const client of streams) {
      await client.until('profile');
      expect([...client.changes].sort()).toEqual(['item 1', 'item 2', 'profile 7', 'template 1']);
      const [created, deleted] = client.events.filter(({ event }) => event === 'item');
      expect(created?.data).toMatchObject({ id: item, changed: ['title'], data: { title: 'Milk', version: 1 } });
      expect(deleted?.data).toMatchObject({ id: item, data: null });
      expect((await client.until('template')).data).toMatchObject({
        id: template,
        data: { isOwn: true, body: 'Dear' },
      });
      expect((await client.until('profile')).data).toMatchObject({
        ...{ id: userId, version: 7, changed: ['fullName', 'subscription'] },
        data: { fullName: 'Ada L.', subscription: 'pro' },
      });
      expect(JSON.stringify(client.events)).not.toContain('secret');
    }
  });

  it('brings quotas with the limit of the tier that the user has now, or that an admin has set', async () => {
    tiers.set(clerkUserId, 'free');
    const client = await open();
    const told = (version: number) => client.events.find(({ data }) => data.version === version)?.data;
    await publisher.tokens(userId, 5, { used: 30, reserved: 10, granted: 5 });
    await eventually(() => expect(client.changes).toEqual(['tokens 5']));
    expect(told(5)).toMatchObject({
      id: userId,
      data: {
        ...{ period: '2026-01', limit: 10_005, used: 30, reserved: 10, remaining: 9_965, version: 5 },
        renewsAt: '2026-02-01T00:00:00.000Z',
      },
    });
    tiers.set(clerkUserId, 'pro');
    const { number } = gateway.changes.change({ kind: 'user', reason: 'tier', userId, clerkUserId });
    // The announcement and the quota come on different ways.
    await eventually(() => gateway.app.get(TrustChangeFeed).current >= number);
    await publisher.tokens(userId, 6, { used: 30 });
    await eventually(() => expect(client.changes).toContain('tokens 6'));
    await publisher.tokens(userId, 7, { used: 30, limit: 20 });
    const [ofRetention, ofErasure] = [8, 1_767_607_200_000_001];
    await publisher.uploadsErased(userId, ofRetention);
    await publisher.uploadsErased(userId, ofErasure);
    await eventually(() => expect(client.changes).toContain(`uploads ${ofErasure}`));
    expect(told(6)?.data).toMatchObject({ limit: 1_000_000, remaining: 999_970 });
    expect(told(7)?.data).toMatchObject({ limit: 20, remaining: -10 });
    expect(told(ofRetention)).toBeUndefined();
    expect(told(ofErasure)?.data).toMatchObject({ limit: 1_000, used: 0, remaining: 1_000, documentsUploaded: 0 });
  });

  it('is resumed by another gateway with the newest version of everything, and none goes back', async () => {
    const first = await open();
    const item = randomUUID();
    await publisher.item(userId, item, 1);
    await first.until('item');
    first.close();
    await publisher.item(userId, item, 2);
    await publisher.item(userId, item, 3);
    await publisher.user(userId, 4);
    const second = await open(other, first.lastId);
    await eventually(() => second.changes.includes('profile 4') && second.changes.includes('item 3'));
    expect(second.names[0]).toBe('resumed');
    expect(second.changes).not.toContain('item 1');
    const third = await open(gateway, second.lastId);
    await publisher.item(userId, item, 4);
    await third.until('item');
    expect(third.changes).toEqual(['item 4']);
  });

  it.each([
    ['is no id', 'hello'],
    ['is of an unknown epoch', 'zz.1-zz.1'],
    ['is of the future', 'rs.zzzzzz-1jk.zzzzzz'],
  ])('begins with a reset when the last id %s', async (_, id) => {
    const client = await open(gateway, id);
    expect(client.events[0]).toMatchObject({ event: 'reset', data: { reason: 'unknown' } });
  });

  it('brings a heartbeat every 15 s, whose id keeps a quiet client resumable', async () => {
    const client = await open();
    await publisher.item(randomUUID(), randomUUID(), 1);
    gateway.letTimePass(15_000);
    await client.until('heartbeat');
    expect(client.lastId).not.toBe(client.events[0]?.id);
    gateway.letTimePass(6 * MINUTES);
    await eventually(() => client.names.filter((name) => name === 'heartbeat').length > 1);
    expect((await open(gateway, client.lastId)).names[0]).toBe('resumed');
    // The ring has forgotten what is older than five minutes.
    expect((await open(gateway, client.events[0]?.id)).events[0]?.data).toEqual({ reason: 'too_old' });
  });

  it('is closed when the user opens a sixth one', async () => {
    const streams: EventClient[] = [];
    for (let n = 0; n < 6; n += 1) streams.push(await open());
    expect((await streams[0]?.until('closed'))?.data).toEqual({ reason: 'too_many_streams' });
    await eventually(() => streams[0]?.isEnded);
    const item = randomUUID();
    await publisher.item(userId, item, 1);
    await Promise.all(streams.slice(1).map((client) => client.until('item')));
    expect(streams[0]?.changes).toEqual([]);
  });

  it('outlives its token, and ends after 15 minutes', async () => {
    const client = await open();
    gateway.letTimePass(14 * MINUTES);
    await client.until('heartbeat');
    expect(client.isEnded).toBe(false);
    gateway.letTimePass(MINUTES);
    expect((await client.until('closed')).data).toEqual({ reason: 'renew' });
    await eventually(() => client.isEnded);
    expect((await open(gateway, client.lastId)).names).toEqual(['resumed']);
  });
});

describe('trust', () => {
  it.each([
    [
      'the session is signed out',
      () => {
        ended.add(sessionId);
        gateway.changes.change({ kind: 'clerk_session', reason: 'signed_out', sessionId, clerkUserId });
      },
    ],
    [
      'the user is deactivated',
      () => {
        inactive.add(clerkUserId);
        gateway.changes.change({ kind: 'user', reason: 'deactivated', userId, clerkUserId });
      },
    ],
  ])('ends when %s: the stream is closed, and brings nothing after that', async (_, revoke) => {
    const client = await open();
    const witness = { id: randomUUID(), subject: `user_witness${people}` };
    ids.set(witness.subject, witness.id);
    const watching = await open(gateway, undefined, {
      authorization: `Bearer ${await mint(gateway.pair, witness.subject)}`,
    });
    revoke();
    expect((await client.until('closed')).data).toEqual({ reason: 'revoked' });
    await publisher.item(userId, randomUUID(), 1);
    // The gateway handles changes in their order.
    await publisher.item(witness.id, randomUUID(), 1);
    await watching.until('item');
    await eventually(() => client.isEnded);
    expect(client.names.at(-1)).toBe('closed');
    await expect(EventClient.open(gateway.url, await bearer())).rejects.toThrow(/^40[13] /);
  });

  it('of a revoked API key ends its streams', async () => {
    const headers = { 'x-api-key': newKey() };
    const client = await open(gateway, undefined, headers);
    key.state = 'revoked';
    gateway.changes.change({ kind: 'api_key', reason: 'revoked', keyId: key.keyId, userId });
    expect((await client.until('closed')).data).toEqual({ reason: 'revoked' });
  });

  it('survives a change that revokes nothing', async () => {
    const client = await open();
    gateway.changes.change({ kind: 'user', reason: 'tier', userId, clerkUserId });
    await publisher.item(userId, randomUUID(), 1);
    await client.until('item');
    expect(client.isEnded).toBe(false);
  });

  it('of an API key is limited to the kinds that its scopes may read', async () => {
    key.scopes = ['realtime:read', 'templates:read'];
    const client = await open(gateway, undefined, { 'x-api-key': newKey() });
    await publisher.item(userId, randomUUID(), 1);
    await publisher.tokens(userId, 2);
    await publisher.user(userId, 2);
    await publisher.template(userId, randomUUID(), 1);
    await client.until('template');
    expect(client.changes).toEqual(['template 1']);
    key.scopes = ['items:read'];
    const refused = EventClient.open(gateway.url, { 'x-api-key': newKey() });
    await expect(refused).rejects.toThrow(/^403 .*scope_insufficient/);
  });
});

describe('a client that does not read', () => {
  it('is dropped, and others get everything', async () => {
    const { port, hostname } = new URL(gateway.url);
    const socket = connectTcp(Number(port), hostname);
    socket.on('error', () => undefined);
    const { authorization } = await bearer();
    socket.write(`GET /api/realtime HTTP/1.1\r\nHost: a\r\nAuthorization: ${authorization}\r\n\r\n`);
    socket.pause();
    await eventually(async () => expect(await metric('gatehouse_gateway_live_streams')).toBeGreaterThan(0));
    const reader = await open();
    const item = randomUUID();
    const large = 'x'.repeat(100_000);
    const before = await metric('gatehouse_gateway_live_streams_closed_total{reason="slow"}');
    // More than the ring and the buffers of the kernel hold.
    for (let version = 1; version <= 120; version += 1) await publisher.item(userId, item, version, large);
    await eventually(() => reader.changes.includes('item 120'));
    expect(await metric('gatehouse_gateway_live_streams_closed_total{reason="slow"}')).toBe(before + 1);
    expect(await metric('gatehouse_gateway_live_buffer_bytes')).toBeLessThanOrEqual(1024 ** 2);
    socket.destroy();
  });
});

describe('a stream that was lost', () => {
  it('and written again makes every client fetch everything, once', async () => {
    const client = await open();
    const old = client.lastId;
    await publisher.lose('data');
    await publisher.beginEpoch('data');
    const item = randomUUID();
    await publisher.item(userId, item, 5);
    await publisher.mark('data', 'complete');
    await eventually(() => client.names.filter((name) => name === 'reset').length === 2);
    expect(client.events.findLast(({ event }) => event === 'reset')?.data).toEqual({ reason: 'lost' });
    await publisher.item(userId, item, 6);
    await eventually(() => client.changes.includes('item 6'));
    await eventually(async () => expect((await open(other, old)).events[0]?.data).toEqual({ reason: 'unknown' }));
    expect((await open(gateway, client.lastId)).names[0]).toBe('resumed');
  });

  it('is no reason to reset when only an epoch begins, as in each refill', async () => {
    const client = await open();
    const item = randomUUID();
    await publisher.item(userId, item, 1);
    await client.until('item');
    const before = client.lastId;
    await publisher.beginEpoch('data');
    await publisher.item(userId, item, 1);
    await publisher.mark('data', 'complete');
    await publisher.item(userId, item, 2);
    await eventually(() => client.changes.includes('item 2'));
    expect(client.names).not.toContain('closed');
    expect(client.names.filter((name) => name === 'reset')).toHaveLength(1);
    for (const id of [before, client.lastId]) expect((await open(other, id)).names[0]).toBe('resumed');
  });

  it('because its database was restored makes every client fetch everything, and versions may be lower', async () => {
    const client = await open();
    const item = randomUUID();
    await publisher.item(userId, item, 9);
    await client.until('item');
    await publisher.beginEpoch('data', true);
    await eventually(() => client.names.filter((name) => name === 'reset').length === 2);
    expect(client.events.at(-1)).toMatchObject({ event: 'reset', data: { reason: 'restored' } });
    await publisher.item(userId, item, 3);
    await eventually(() => client.changes.includes('item 3'));
  });
});

describe('a gateway that stops', () => {
  it('tells its clients to reconnect, and they miss nothing', async () => {
    const client = await open(other);
    const item = randomUUID();
    await other.app.close();
    expect(client.events.at(-1)).toMatchObject({ event: 'closed', data: { reason: 'restarting' } });
    await publisher.item(userId, item, 1);
    const resumed = await open(gateway, client.lastId);
    await resumed.until('item');
    expect(resumed.names).toEqual(['resumed', 'item']);
  });
});

it('a NATS outage shows as lag, and what happened meanwhile arrives after it', async () => {
  const client = await open();
  await gateway.nats.kill();
  await eventually(async () =>
    expect(await metric('gatehouse_gateway_feed_lag_seconds{stream="GATEHOUSE_DATA"}')).toBeGreaterThan(1),
  );
  await gateway.nats.start();
  const item = randomUUID();
  await publisher.item(userId, item, 1);
  await client.until('item');
  expect(client.names).toEqual(['reset', 'item']);
  await eventually(async () =>
    expect(await metric('gatehouse_gateway_feed_lag_seconds{stream="GATEHOUSE_DATA"}')).toBe(0),
  );
});
