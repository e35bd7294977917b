import { generateKeyPairSync } from 'node:crypto';
import { type ClerkSession, createEnvelopeSigner } from '@gatehouse/auth';
import { resolvePrincipal, trustChangeHeartbeat } from '@gatehouse/contracts';
import { type NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { Registry } from 'prom-client';
import { PrincipalDirectory } from '../src/authentication/principal-directory';
import { GatewayMetrics } from '../src/metrics/gateway-metrics';
import { TrustChangeFeed } from '../src/trust/trust-change-feed';
import { ChangeAuthority } from './support/change-authority';
import { PeerService, clientAs } from './support/peer-service';
import { samplePrincipal } from './support/samples';

const log = createLogger({ service: 'test', level: 'silent' });
const asked: string[] = [];
const userId = '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11';
/** Time of the feed's clock; constant unless a test advances it. */
let now = 0;
let isActive = true;
let sessionEnded = false;
let answerChange: (() => number) | undefined;
let hold: Promise<void> | undefined;
let nats: OwnNats;
let userSync: PeerService;
let client: NatsClient;
let authority: ChangeAuthority;
let feed: TrustChangeFeed;
let services: RequestClient;
let directory: PrincipalDirectory;

beforeEach(async () => {
  asked.length = 0;
  isActive = true;
  sessionEnded = false;
  answerChange = undefined;
  hold = undefined;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  nats = await startOwnNats();
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  userSync = new PeerService('user-sync', nats, publicPem, log);
  authority = new ChangeAuthority(userSync);
  // Longer than the silence after which the feed stops trusting.
  authority.leaseMs = 60_000;
  userSync.answer(resolvePrincipal, async ({ body }) => {
    asked.push(`${body.clerkUserId} ${body.sessionId}`);
    const change = answerChange?.() ?? authority.number;
    const state = { change, userId, isActive, sessionEnded };
    await hold;
    return samplePrincipal(body.clerkUserId, state);
  });
  await userSync.start();
  authority.start();
  client = clientAs('api-gateway', nats, log);
  void client.start();
  const signer = createEnvelopeSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  // Long enough for the flood on a busy machine.
  services = new RequestClient(client, signer, 60_000);
  feed = new TrustChangeFeed(client, services, log, () => now);
  feed.start();
  directory = new PrincipalDirectory(services, feed, new GatewayMetrics(new Registry()));
  await eventually(() => feed.trusting);
});

afterEach(async () => {
  await feed.end();
  authority.stop();
  await client.close();
  await userSync.stop();
  await nats.dispose();
});

const session = (sessionId: string): ClerkSession => ({
  clerkUserId: 'user_1',
  sessionId,
  tokenId: null,
  version: 2,
  issuedAt: 0,
  expiresAt: 0,
  authorizedParty: null,
  actor: null,
});
const find = async (sessionId = 'sess_1') => directory.ofClerkSession(session(sessionId), 'r');
const deactivation = { kind: 'user', reason: 'deactivated', userId, clerkUserId: 'user_1' } as const;

describe('PrincipalDirectory', () => {
  it('looks up a session once, even for concurrent requests, and keeps sessions apart', async () => {
    await Promise.all(Array.from({ length: 100 }, () => find()));
    await find();
    await expect(find('sess_2')).resolves.toMatchObject({ sessionId: 'sess_2' });
    expect(asked).toEqual(['user_1 sess_1', 'user_1 sess_2']);
  });

  it('forgets a user when a trust change of it is announced, and acknowledges the change', async () => {
    await find();
    isActive = false;
    authority.change(deactivation);
    await eventually(() => feed.current === 1);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
    await eventually(() => [...authority.acknowledged.values()].includes(1));
  });

  it('keeps a user when another user changes', async () => {
    await find();
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    expect(asked).toHaveLength(1);
  });

  it('rejects a session that has ended', async () => {
    await find();
    sessionEnded = true;
    authority.change({ kind: 'clerk_session', reason: 'signed_out', sessionId: 'sess_1', clerkUserId: 'user_1' });
    await eventually(() => feed.current === 1);
    await expect(find()).rejects.toMatchObject({ code: 'token_revoked' });
  });

  it('does not remember an answer that is older than the last trust change', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    answerChange = () => 0;
    await find();
    await find();
    expect(asked).toHaveLength(2);
  });

  it('does not share an answer requested before a change with callers after it', async () => {
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const before = find();
    await eventually(() => asked.length === 1);
    isActive = false;
    authority.change(deactivation);
    await eventually(() => feed.current === 1);
    hold = undefined;
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
    release();
    await expect(before).resolves.toMatchObject({ userId });
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
  });

  it('does not share an answer requested without trust with later callers, who share one request', async () => {
    authority.leaseless = true;
    await eventually(() => !feed.trusting);
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const before = find();
    await eventually(() => asked.length === 1);
    // Without a lease, user-sync does not wait for the acknowledgement of this gateway.
    isActive = false;
    const after = Promise.allSettled(Array.from({ length: 100 }, () => find()));
    hold = undefined;
    release();
    await expect(before).resolves.toMatchObject({ userId });
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'account_inactive' }) };
    expect(await after).toEqual(Array.from({ length: 100 }, () => refused));
    expect(asked).toHaveLength(2);
  });

  it('does not remember an answer of a database that was replaced', async () => {
    for (let count = 0; count < 3; count++) authority.nothing();
    await eventually(() => feed.current === 3);
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const before = find();
    await eventually(() => asked.length === 1);
    authority.reset();
    await eventually(() => feed.current === 0 && feed.trusting);
    release();
    await before;
    hold = undefined;
    isActive = false;
    authority.change(deactivation);
    await eventually(() => feed.current === 1 && feed.trusting);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
  });

  it('rejects lookups beyond 1 000 concurrent ones as unavailable', async () => {
    const flood = Array.from({ length: 1_200 }, async (_, index) => find(`sess_x${index}`));
    const results = await Promise.allSettled(flood);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(200);
    expect(refused.every(({ reason }) => reason.reason === 'unavailable')).toBe(true);
  });
});

describe('TrustChangeFeed', () => {
  it('trusts nothing after a gap until it has the missed changes, and applies them', async () => {
    await find();
    isActive = false;
    authority.change(deactivation, true);
    authority.nothing();
    await eventually(() => feed.current === 2 && feed.trusting);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
  });

  it('trusts nothing after three seconds of silence, and trusts again if it missed nothing', async () => {
    await find();
    authority.silent = true;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    // Its response arrives after all earlier announcements.
    await find('sess_2');
    now += trustChangeHeartbeat.silenceMs - 1;
    expect(feed.trusting).toBe(true);
    now += 1;
    expect(feed.trusting).toBe(false);
    await find();
    expect(asked).toHaveLength(3);
    authority.silent = false;
    authority.hold = undefined;
    release();
    await eventually(() => feed.trusting);
    await find();
    expect(asked).toHaveLength(3);
  });

  it('trusts nothing while NATS is unavailable, and after a reconnect only what has not changed', async () => {
    await find();
    await nats.stop();
    await eventually(() => !feed.trusting);
    await expect(find()).rejects.toMatchObject({ reason: 'unavailable' });
    isActive = false;
    authority.change(deactivation, true);
    await nats.start();
    await eventually(() => feed.trusting);
    expect(feed.current).toBe(1);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
  });

  it('trusts nothing without a lease', async () => {
    authority.leaseless = true;
    await eventually(() => !feed.trusting);
    await find();
    await find();
    expect(asked).toHaveLength(2);
  });

  it('forgets everything when user-sync has deleted changes that it missed', async () => {
    await find();
    authority.silent = true;
    for (let count = 0; count < 5; count++) authority.nothing();
    authority.floor = 4;
    authority.silent = false;
    await eventually(() => feed.current === 5 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it('treats answers older than its bounded list of changes as stale', async () => {
    const small = new TrustChangeFeed(client, services, log, () => now, 10);
    small.start();
    await eventually(() => small.trusting);
    const asOf = authority.number;
    for (let count = 0; count < 10; count++) authority.nothing();
    await eventually(() => small.trusting && small.current === authority.number);
    expect(small.isFresh(asOf, [`user:${userId}`])).toBe(true);
    authority.nothing();
    await eventually(() => small.trusting && small.current === authority.number);
    expect(small.isFresh(asOf, [`user:${userId}`])).toBe(false);
    expect(small.isFresh(authority.number, [`user:${userId}`])).toBe(true);
    await small.end();
  });

  it('forgets everything when the numbers start again', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    authority.reset();
    await eventually(() => feed.current === 0 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it('keeps answers when an announcement overtakes the response to a catch-up', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    const questions = authority.missedAsked;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    // Like a replica of user-sync that lags behind.
    authority.publish([], 0);
    await eventually(() => authority.missedAsked > questions);
    authority.nothing();
    await eventually(() => feed.current === 2);
    authority.hold = undefined;
    release();
    // Its response arrives after the one that was held.
    await find('sess_2');
    expect([feed.current, feed.trusting]).toEqual([2, true]);
    await find();
    expect(asked).toEqual(['user_1 sess_1', 'user_1 sess_2']);
  });

  it('forgets everything when a lease response has a lower number, because the database was replaced', async () => {
    for (let count = 0; count < 3; count++) authority.nothing();
    await eventually(() => feed.current === 3);
    await find();
    authority.silent = true;
    authority.reset();
    await eventually(() => feed.current === 0 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it.each([
    ['an announcement', false],
    ['a lease response', true],
  ])(
    'forgets everything when %s comes from another run of the server, although its number is higher',
    async (_, silent) => {
      authority.epoch = 'before';
      for (let count = 0; count < 3; count++) authority.nothing();
      await eventually(() => feed.current === 3 && feed.trusting);
      await find();
      authority.silent = true;
      // The last two changes are lost, and their numbers go to others. The gateway has missed the first of these.
      authority.reset();
      authority.nothing();
      isActive = false;
      authority.change(deactivation, true);
      authority.nothing(true);
      authority.nothing(true);
      authority.epoch = 'after';
      authority.silent = silent;
      await eventually(() => feed.current === 4 && feed.trusting);
      await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
    },
  );

  it('keeps its cache when user-sync names no epoch, as an earlier release', async () => {
    authority.epoch = 'before';
    await find();
    authority.nothing();
    await eventually(() => feed.current === 1 && feed.trusting);
    authority.epoch = undefined;
    authority.nothing();
    await eventually(() => feed.current === 2 && feed.trusting);
    await find();
    expect(asked).toHaveLength(1);
  });

  it('catches up with more changes than fit into one message', async () => {
    authority.silent = true;
    for (let count = 0; count < 1_203; count++) authority.nothing();
    authority.silent = false;
    await eventually(() => feed.current === 1_203 && feed.trusting);
  });

  it('renews its lease although the response to an earlier renewal never arrives', async () => {
    let release = (): void => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    try {
      const before = authority.leasesAsked;
      await eventually(() => authority.leasesAsked > before);
      authority.hold = undefined;
      const held = authority.leasesAsked;
      await eventually(() => authority.leasesAsked > held);
      expect(feed.trusting).toBe(true);
    } finally {
      release();
    }
  });

  it('stays untrusting when the response to a renewal arrives after it has ended', async () => {
    await find();
    const renewals = authority.leasesAsked;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    await eventually(() => authority.leasesAsked > renewals);
    await feed.end();
    release();
    // Its response arrives after the one that was held.
    await find('sess_2');
    expect(feed.trusting).toBe(false);
  });

  it('releases its lease and trusts nothing after it has ended', async () => {
    await feed.end();
    expect(authority.ended.size).toBe(1);
    expect(feed.trusting).toBe(false);
  });
});
