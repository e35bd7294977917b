import { randomUUID } from 'node:crypto';
import { CredentialRefusedError } from '@gatehouse/auth';
import { LiveValue } from '@gatehouse/config';
import { type TrustChange } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { Registry } from 'prom-client';
import { type Caller } from '../../caller/caller';
import { type TrustChangeFeed } from '../../trust/trust-change-feed';
import { StreamsUnavailableError, TooManyStreamsError } from '../../upstream-errors';
import { Allowed, type Decision, Refused } from '../decision';
import { Policy } from '../policy/policy';
import { type PolicyFile } from '../policy/policy-file';
import { type OpenStream, type StreamPermit, type StreamPipe } from './open-stream';
import { OpenStreams } from './open-streams';
import { StreamMetrics } from './stream-metrics';

const MINUTE_MS = 60_000;
const TICK_MS = 250;
const EPOCH = Date.parse('2026-01-05T10:00:00Z');

let now: number;
let leaseEndsAt: number;
let tell: (() => void)[];
let forget: (() => void)[];
let policy: LiveValue<Policy>;
let registry: Registry;
let streams: OpenStreams;
/** What happened to the owners, in order. */
let log: string[];
let decision: Decision;

const allowed = new Allowed(undefined, undefined);
const people = { ada: randomUUID(), bob: randomUUID() };

beforeEach(() => {
  jest.useFakeTimers({ now: EPOCH, doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask'] });
  [now, leaseEndsAt, decision] = [0, Infinity, allowed];
  [tell, forget, log] = [[], [], []];
  policy = new LiveValue(Policy.closed);
  registry = new Registry();
  const listeners: ((change: TrustChange) => void)[] = [];
  const feed = {
    onChange: (listener: (change: TrustChange) => void) => void listeners.push(listener),
    onForget: (listener: () => void) => void forget.push(listener),
    get leaseLeftMs() {
      return leaseEndsAt - now;
    },
  };
  const change = { kind: 'user', userId: people.ada } as TrustChange;
  tell = [() => listeners.forEach((listener) => listener(change))];
  streams = new OpenStreams(
    feed as unknown as TrustChangeFeed,
    new StreamMetrics(registry),
    { gate: { policy } as unknown as PolicyFile, gateStreams: { maxStreams: 3, maxStreamsPerUser: 2 } },
    () => now,
  );
  streams.onModuleInit();
});
afterEach(() => {
  streams.onModuleDestroy();
  streams.onApplicationShutdown();
  jest.useRealTimers();
});

const revokeSomething = () => tell.forEach((announce) => announce());
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Lets time pass, tick by tick. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += TICK_MS) {
    now += TICK_MS;
    jest.advanceTimersByTime(TICK_MS);
    await settled();
  }
}

function permitOf(name: string, maxMs = 60 * MINUTE_MS, keyExpiresAt: number | null = null): StreamPermit {
  const userId = people[name as keyof typeof people];
  const credential = { method: 'api_key', key: { keyId: 'k', expiresAt: keyExpiresAt, rateLimit: null } };
  return {
    caller: userId === undefined ? undefined : ({ principal: { userId }, credential } as unknown as Caller),
    ...{ holder: userId ?? name, maxMs, since: streams.version },
    confirm: () => decision,
  };
}

const pipeOf = (name: string): StreamPipe => ({
  hold: () => void log.push(`${name} held`),
  release: () => void log.push(`${name} released`),
  close: (reason) => void log.push(`${name} ${reason}`),
});

function open(name: string, ...more: [maxMs?: number, keyExpiresAt?: number | null]): OpenStream {
  const stream = streams.open(permitOf(name, ...more), pipeOf(name));
  streams.admit(stream, 'websocket');
  return stream;
}

const openResponse = (name: string) => streams.open(permitOf(name), pipeOf(name));

async function counted(kind: string, reason: string): Promise<number | undefined> {
  const { values } = await registry.getSingleMetric('gatehouse_gateway_gate_streams_closed_total')!.get();
  return values.find(({ labels }) => labels['kind'] === kind && labels['reason'] === reason)?.value;
}

describe('a revocation', () => {
  it('holds the streams of its user before the gateway acknowledges it, and closes them', async () => {
    open('ada');
    open('bob');
    decision = new Refused(new CredentialRefusedError('api_key_revoked'));
    revokeSomething();
    expect(log).toEqual(['ada held']);
    await settled();
    expect(log).toEqual(['ada held', 'ada revoked']);
    expect(await counted('websocket', 'revoked')).toBe(1);
  });

  it('breaks off a download too', async () => {
    openResponse('ada');
    decision = new Refused(new CredentialRefusedError('api_key_revoked'));
    revokeSomething();
    await settled();
    expect(log).toEqual(['ada held', 'ada revoked']);
    expect(await counted('response', 'revoked')).toBe(1);
  });

  it('between the decision and the registration is not missed', async () => {
    const permit = permitOf('ada');
    decision = new Refused(new CredentialRefusedError('api_key_revoked'));
    revokeSomething();
    streams.open(permit, pipeOf('ada'));
    await settled();
    expect(log).toEqual(['ada held', 'ada revoked']);
  });

  it('does not concern what is open to everybody', async () => {
    const permit = permitOf('anonymous');
    decision = new Refused(new CredentialRefusedError('credential_unknown'));
    revokeSomething();
    streams.open(permit, pipeOf('anonymous'));
    for (const listener of forget) listener();
    await settled();
    expect(log).toEqual([]);
  });

  it('of something else lets a stream go on', async () => {
    open('ada');
    revokeSomething();
    await settled();
    expect(log).toEqual(['ada held', 'ada released']);
    await pass(10 * MINUTE_MS);
    expect(log).toHaveLength(2);
  });
});

it('a new policy is applied to open streams, also to those of nobody', async () => {
  open('anonymous');
  decision = new Refused(new CredentialRefusedError('credential_unknown'));
  policy.set(Policy.closed);
  await settled();
  expect(log).toEqual(['anonymous held', 'anonymous revoked']);
});

it('a new policy is applied to a stream that was decided under the old one, and to no other response', async () => {
  const response = openResponse('ada');
  policy.set(Policy.closed);
  await settled();
  expect(log).toEqual([]);
  decision = new Refused(new CredentialRefusedError('credential_unknown'));
  streams.admit(response, 'event_stream');
  await settled();
  expect(log).toEqual(['ada held', 'ada revoked']);
});

it('everything is confirmed again after the gateway has forgotten what it knew', async () => {
  open('ada');
  open('bob');
  for (const listener of forget) listener();
  await settled();
  expect(log).toEqual(['ada held', 'bob held', 'ada released', 'bob released']);
});

describe('the end of the lease', () => {
  it('closes the streams of callers before it, and of nobody else', async () => {
    open('ada');
    open('anonymous');
    leaseEndsAt = 3_000;
    await pass(2_250);
    expect(log).toEqual([]);
    await pass(500);
    expect(now).toBeLessThan(leaseEndsAt);
    expect(log).toEqual(['ada unconfirmed']);
  });

  it('lets a response end that has just begun, and breaks off a long one', async () => {
    openResponse('ada');
    leaseEndsAt = 0;
    await pass(2_750);
    expect(log).toEqual([]);
    await pass(250);
    expect(log).toEqual(['ada unconfirmed']);
  });

  it('admits no stream of a caller until there is another', () => {
    leaseEndsAt = 0;
    expect(() => open('ada')).toThrow(StreamsUnavailableError);
    open('anonymous');
  });
});

it('a caller that cannot be confirmed for three seconds loses its streams', async () => {
  open('ada');
  decision = new Refused(new RequestRefusedError('unavailable', 'user-sync is away'));
  revokeSomething();
  await pass(2_750);
  expect(log).toEqual(['ada held']);
  await pass(250);
  expect(log).toEqual(['ada held', 'ada unconfirmed']);
});

it.each([
  ['at the expiry of its key', 90_000, 60 * MINUTE_MS, 'expired'],
  ['after the longest time of its upstream', null, 90_000, 'time_limit'],
  ['at the earlier of the two', 90_000, 80_000, 'time_limit'],
])('a stream is closed %s', async (_when, expiresAfterMs, maxMs, reason) => {
  const lasts = Math.min(expiresAfterMs ?? Infinity, maxMs);
  open('ada', maxMs, expiresAfterMs === null ? null : EPOCH + expiresAfterMs);
  await pass(lasts - TICK_MS);
  expect(log).toEqual([]);
  await pass(TICK_MS);
  expect(log).toEqual([`ada ${reason}`]);
});

describe('limits', () => {
  it('count the streams of one caller, and all of them', () => {
    const first = open('ada');
    open('ada');
    expect(() => open('ada')).toThrow(TooManyStreamsError);
    open('bob');
    expect(() => open('bob')).toThrow(StreamsUnavailableError);
    expect(streams.ended(first, 'client')).toBe(true);
    expect(streams.ended(first, 'client')).toBe(false);
    open('ada');
  });

  it('do not count other responses', () => {
    for (let index = 0; index < 10; index++) openResponse('ada');
    open('ada');
  });
});

it('the shutdown closes streams, and lets other responses end, which a revocation still breaks off', async () => {
  openResponse('bob');
  openResponse('ada');
  open('ada');
  streams.onModuleDestroy();
  expect(log).toEqual(['ada restarting']);
  expect(() => open('anonymous')).toThrow(StreamsUnavailableError);
  decision = new Refused(new CredentialRefusedError('api_key_revoked'));
  revokeSomething();
  await settled();
  expect(log).toEqual(['ada restarting', 'ada held', 'ada revoked']);
  leaseEndsAt = 0;
  await pass(3_000);
  expect(log.at(-1)).toBe('bob unconfirmed');
});

it('a stream that one of its ends has closed is closed by nothing else', async () => {
  const stream = open('ada');
  streams.ended(stream, 'upstream');
  revokeSomething();
  streams.onModuleDestroy();
  await settled();
  expect(log).toEqual([]);
  expect(await counted('websocket', 'upstream')).toBe(1);
});
