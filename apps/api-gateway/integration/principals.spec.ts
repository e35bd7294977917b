import { generateKeyPairSync } from 'node:crypto';
import { type ClerkSession, createEnvelopeSigner } from '@gatehouse/auth';
import { trustChangeHeartbeat, inboxPrefix, resolvePrincipal } from '@gatehouse/contracts';
import { natsUsers } from '@gatehouse/local-stack';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { PrincipalDirectory } from '../src/authentication/principal-directory';
import { ChangeFeed } from '../src/trust/change-feed';
import { ChangeAuthority } from './support/change-authority';
import { PeerService } from './support/peer-service';
import { samplePrincipal } from './support/samples';
import { PASSWORD } from './support/test-gateway';

const log = createLogger({ service: 'test', level: 'silent' });
const asked: string[] = [];
const userId = '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11';
/** What the feed's clock shows; it stands unless a test moves it. */
let now = 0;
let isActive = true;
let sessionEnded = false;
let answerChange: (() => number) | undefined;
let hold: Promise<void> | undefined;
let nats: OwnNats;
let userSync: PeerService;
let client: NatsClient;
let authority: ChangeAuthority;
let feed: ChangeFeed;
let services: RequestClient;
let directory: PrincipalDirectory;

beforeEach(async () => {
  asked.length = 0;
  isActive = true;
  sessionEnded = false;
  answerChange = undefined;
  hold = undefined;
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  nats = await startOwnNats({ users: natsUsers(() => PASSWORD) });
  const publicPem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  userSync = new PeerService('user-sync', nats.url, PASSWORD, publicPem, log);
  authority = new ChangeAuthority(userSync);
  // Longer than silence is borne.
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
  const name = 'api-gateway';
  client = new NatsClient(
    { servers: [nats.url], user: name, password: PASSWORD, name, inboxPrefix: inboxPrefix(name) },
    log,
  );
  void client.start();
  const signer = createEnvelopeSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  // Longer than a busy machine takes for a flood.
  services = new RequestClient(client, signer, 60_000);
  feed = new ChangeFeed(client, services, log, () => now);
  feed.start();
  directory = new PrincipalDirectory(services, feed);
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

describe('the principals', () => {
  it('are asked for once, by a crowd too, and kept apart by session', async () => {
    await Promise.all(Array.from({ length: 100 }, () => find()));
    await find();
    await expect(find('sess_2')).resolves.toMatchObject({ sessionId: 'sess_2' });
    expect(asked).toEqual(['user_1 sess_1', 'user_1 sess_2']);
  });

  it('are forgotten when a change of their user is announced, and the change is acknowledged', async () => {
    await find();
    isActive = false;
    authority.change(deactivation);
    await eventually(() => feed.current === 1);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
    await eventually(() => [...authority.acknowledged.values()].includes(1));
  });

  it('are kept when somebody else is changed', async () => {
    await find();
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    expect(asked).toHaveLength(1);
  });

  it('of a session that has ended are none', async () => {
    await find();
    sessionEnded = true;
    authority.change({ kind: 'clerk_session', reason: 'signed_out', sessionId: 'sess_1', clerkUserId: 'user_1' });
    await eventually(() => feed.current === 1);
    await expect(find()).rejects.toMatchObject({ code: 'token_revoked' });
  });

  it('are not remembered out of an answer older than the last change', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    answerChange = () => 0;
    await find();
    await find();
    expect(asked).toHaveLength(2);
  });

  it('asked for before a change are not handed to who asks after it', async () => {
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

  it('asked for while nothing could be believed are not handed to who asks later, and the later ones ask once', async () => {
    authority.leaseless = true;
    await eventually(() => !feed.trusting);
    let release: () => void = () => undefined;
    hold = new Promise((resolve) => (release = resolve));
    const before = find();
    await eventually(() => asked.length === 1);
    // The call that does this waits for no gateway without a lease.
    isActive = false;
    const after = Promise.allSettled(Array.from({ length: 100 }, () => find()));
    hold = undefined;
    release();
    await expect(before).resolves.toMatchObject({ userId });
    const refused = { status: 'rejected', reason: expect.objectContaining({ code: 'account_inactive' }) };
    expect(await after).toEqual(Array.from({ length: 100 }, () => refused));
    expect(asked).toHaveLength(2);
  });

  it('out of an answer of a database that is gone are not remembered', async () => {
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

  it('are not looked up without a bound: a flood is told to come back', async () => {
    const flood = Array.from({ length: 1_200 }, async (_, index) => find(`sess_x${index}`));
    const results = await Promise.allSettled(flood);
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(200);
    expect(refused.every(({ reason }) => reason.reason === 'unavailable')).toBe(true);
  });
});

describe('what is remembered', () => {
  it('is not believed after a gap until the missed changes are there, and then what they were about is forgotten', async () => {
    await find();
    isActive = false;
    authority.change(deactivation, true);
    authority.nothing();
    await eventually(() => feed.current === 2 && feed.trusting);
    await expect(find()).rejects.toMatchObject({ code: 'account_inactive' });
  });

  it('is not believed after three seconds of silence, and believed again when nothing was missed', async () => {
    await find();
    authority.silent = true;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    // Its answer comes after the announcements that are on their way.
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

  it('is not believed while NATS is away, and after a reconnect only what was not changed meanwhile', async () => {
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

  it('is not believed without a lease', async () => {
    authority.leaseless = true;
    await eventually(() => !feed.trusting);
    await find();
    await find();
    expect(asked).toHaveLength(2);
  });

  it('is all forgotten when changes are not kept any more that were not seen', async () => {
    await find();
    authority.silent = true;
    for (let count = 0; count < 5; count++) authority.nothing();
    authority.floor = 4;
    authority.silent = false;
    await eventually(() => feed.current === 5 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it('is not believed any more when it is older than the changes that are remembered, whose number is bounded', async () => {
    const small = new ChangeFeed(client, services, log, () => now, 10);
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

  it('is all forgotten when the numbers begin anew', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    authority.reset();
    await eventually(() => feed.current === 0 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it('is kept when an announcement overtakes the answer to what was missed', async () => {
    authority.nothing();
    await eventually(() => feed.current === 1);
    await find();
    const questions = authority.missedAsked;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    // As of a replica that lags behind.
    authority.publish([], 0);
    await eventually(() => authority.missedAsked > questions);
    authority.nothing();
    await eventually(() => feed.current === 2);
    authority.hold = undefined;
    release();
    // Its answer comes after the one that was held.
    await find('sess_2');
    expect([feed.current, feed.trusting]).toEqual([2, true]);
    await find();
    expect(asked).toEqual(['user_1 sess_1', 'user_1 sess_2']);
  });

  it('is forgotten when a lease tells of a lower number than it was asked with: another database', async () => {
    for (let count = 0; count < 3; count++) authority.nothing();
    await eventually(() => feed.current === 3);
    await find();
    authority.silent = true;
    authority.reset();
    await eventually(() => feed.current === 0 && feed.trusting);
    await find();
    expect(asked).toHaveLength(2);
  });

  it('of more changes than one message holds is caught up with, one message after the other', async () => {
    authority.silent = true;
    for (let count = 0; count < 1_203; count++) authority.nothing();
    authority.silent = false;
    await eventually(() => feed.current === 1_203 && feed.trusting);
  });

  it('is not trusted again by the answer to a renewal that comes after the lease was given up', async () => {
    await find();
    const renewals = authority.leasesAsked;
    let release: () => void = () => undefined;
    authority.hold = new Promise((resolve) => (release = resolve));
    await eventually(() => authority.leasesAsked > renewals);
    await feed.end();
    release();
    // Its answer comes after the one that was held.
    await find('sess_2');
    expect(feed.trusting).toBe(false);
  });

  it('is not trusted any more once the lease is given up', async () => {
    await feed.end();
    expect(authority.ended.size).toBe(1);
    expect(feed.trusting).toBe(false);
  });
});
