import { Writable } from 'node:stream';
import { RequestRefusedError, type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type GatewayMetrics } from '../metrics/gateway-metrics';
import { AuditQueue, type Entry } from './audit-queue';

const DAY_MS = 86_400_000;
const context = { principal: null, requestId: 'r-1' };
const entry = (subject: string): Entry => ({ action: 'access.refused', outcome: 'refused', subject });

let now: number;
let respond: () => Promise<object>;
let sent: { subject: string; ageMs: number }[];
let losses: string[];
let waiting: number;
let logged: string;
let queue: AuditQueue;

const metrics = {
  auditWaiting: { set: (count: number) => void (waiting = count) },
  auditLosses: { inc: ({ reason }: { reason: string }) => void losses.push(reason) },
} as unknown as GatewayMetrics;

beforeEach(() => {
  jest.useFakeTimers();
  [now, sent, losses, waiting, logged] = [0, [], [], 0, ''];
  respond = async () => ({});
  const send = (async (_contract: unknown, { subject, ageMs }: { subject: string; ageMs: number }) => {
    sent.push({ subject, ageMs });
    return respond();
  }) as unknown as RequestClient['send'];
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => done(void (logged += chunk.toString())) });
  queue = new AuditQueue(
    { send } as RequestClient,
    createLogger({ service: 'test', level: 'warn' }, sink),
    metrics,
    () => now,
  );
});

afterEach(() => jest.useRealTimers());

const refuse = (reason: 'unavailable' | 'internal' | 'invalid_request') => async () => {
  throw new RequestRefusedError(reason, 'no');
};
const pass = async (ms: number) => {
  now += ms;
  await jest.advanceTimersByTimeAsync(ms);
};
const subjects = () => sent.map(({ subject }) => subject);

describe('while user-sync does not accept entries, the queue', () => {
  it('keeps them, and sends them with their age when user-sync is back', async () => {
    respond = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    queue.add(entry('two'), context);
    await pass(30_000);
    expect([waiting, losses]).toEqual([2, []]);
    [respond, sent] = [async () => ({}), []];
    await pass(30_000);
    expect(sent.map(({ subject }) => subject).sort()).toEqual(['one', 'two']);
    expect(sent.every(({ ageMs }) => ageMs > 30_000 && ageMs <= 60_000)).toBe(true);
    expect(waiting).toBe(0);
    await pass(DAY_MS);
    expect(sent).toHaveLength(2);
  });

  it('sends one entry at a time as a probe, at growing intervals', async () => {
    respond = refuse('unavailable');
    for (let index = 0; index < 50; index += 1) queue.add(entry(`${index}`), context);
    await pass(0);
    sent = [];
    await pass(600_000);
    expect(sent.length).toBeLessThan(30);
    [respond, sent] = [async () => ({}), []];
    await pass(30_000);
    expect(new Set(subjects()).size).toBe(50);
  });

  it('logs a waiting entry once', async () => {
    respond = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(60_000);
    expect(logged.match(/audit entry queued/g)).toHaveLength(1);
    expect(logged).toContain('"requestId":"r-1"');
  });

  it('drops entries beyond 1 000, and logs and counts each', async () => {
    respond = refuse('unavailable');
    for (let index = 0; index < 1_003; index += 1) queue.add(entry(`${index}`), context);
    await pass(60_000);
    expect([waiting, losses]).toEqual([1_000, ['full', 'full', 'full']]);
    expect(logged.match(/audit entry lost/g)).toHaveLength(3);
  });

  it('drops entries after a day', async () => {
    respond = refuse('internal');
    queue.add(entry('one'), context);
    await pass(DAY_MS + 60_000);
    expect([waiting, losses]).toEqual([0, ['expired']]);
  });

  it('drops an entry that user-sync rejects as invalid, and sends the next ones', async () => {
    respond = refuse('invalid_request');
    queue.add(entry('odd'), context);
    await pass(0);
    respond = async () => ({});
    queue.add(entry('good'), context);
    await pass(0);
    expect([subjects(), losses]).toEqual([['odd', 'good'], ['refused']]);
  });

  it('sends the other entries when only one keeps failing', async () => {
    respond = () => (sent.at(-1)?.subject === 'odd' ? refuse('internal')() : Promise.resolve({}));
    queue.add(entry('odd'), context);
    for (let index = 0; index < 10; index += 1) queue.add(entry('good'), context);
    await pass(60_000);
    expect(subjects().filter((subject) => subject === 'good')).toHaveLength(10);
    expect([waiting, losses]).toEqual([1, []]);
  });
});

it('a request that writes an entry continues when that fails, and the entry is sent later', async () => {
  respond = refuse('unavailable');
  await queue.write(entry('redrive'), context);
  expect(waiting).toBe(1);
  respond = async () => ({});
  await pass(60_000);
  expect(subjects()).toEqual(['redrive', 'redrive']);
});

it('the audit queue sends at most 100 entries at the same time', async () => {
  respond = () => new Promise(() => undefined);
  for (let index = 0; index < 150; index += 1) queue.add(entry(`${index}`), context);
  await pass(0);
  expect([sent.length, waiting]).toEqual([100, 50]);
  // If the process were killed, the log would be their only record.
  expect(logged.match(/audit entry queued/g)).toHaveLength(50);
});

describe('at shutdown, the queue', () => {
  it('sends waiting entries once more', async () => {
    respond = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    respond = async () => ({});
    await queue.end();
    expect([subjects(), losses]).toEqual([['one', 'one'], []]);
  });

  it('logs and counts the entries that are not accepted within two seconds', async () => {
    respond = refuse('unavailable');
    for (const subject of ['one', 'two']) queue.add(entry(subject), context);
    await pass(0);
    respond = () => new Promise(() => undefined);
    const ending = queue.end();
    await pass(2_000);
    await ending;
    expect([losses, logged.match(/audit entry lost/g)?.length]).toEqual([['ended', 'ended'], 2]);
  });

  it('waits for entries in flight, and counts each loss once even if it fails later', async () => {
    let fail: (error: Error) => void = () => undefined;
    respond = () => new Promise((_, reject) => (fail = reject));
    queue.add(entry('one'), context);
    const ending = queue.end();
    await pass(2_000);
    await ending;
    fail(new RequestRefusedError('unavailable', 'no'));
    await pass(0);
    expect(losses).toEqual(['ended']);
  });

  it('sends entries that are added later once, without a retry', async () => {
    respond = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    await queue.end();
    queue.add(entry('two'), context);
    await pass(0);
    respond = async () => ({});
    queue.add(entry('three'), context);
    await pass(60_000);
    expect([subjects(), losses]).toEqual([
      ['one', 'one', 'two', 'three'],
      ['ended', 'ended'],
    ]);
  });
});
