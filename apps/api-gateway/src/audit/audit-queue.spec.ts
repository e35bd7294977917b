import { Writable } from 'node:stream';
import { RequestRefusedError, type RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { AuditQueue, type Entry } from './audit-queue';

const DAY_MS = 86_400_000;
const context = { principal: null, requestId: 'r-1' };
const entry = (subject: string): Entry => ({ action: 'access.refused', outcome: 'refused', subject });

let now: number;
let answer: () => Promise<object>;
let sent: { subject: string; ageMs: number }[];
let losses: string[];
let waiting: number;
let logged: string;
let queue: AuditQueue;

beforeEach(() => {
  jest.useFakeTimers();
  [now, sent, losses, waiting, logged] = [0, [], [], 0, ''];
  answer = async () => ({});
  const send = (async (_contract: unknown, { subject, ageMs }: { subject: string; ageMs: number }) => {
    sent.push({ subject, ageMs });
    return answer();
  }) as unknown as RequestClient['send'];
  const sink = new Writable({ write: (chunk: Buffer, _encoding, done) => done(void (logged += chunk.toString())) });
  queue = new AuditQueue(
    { send },
    createLogger({ service: 'test', level: 'warn' }, sink),
    { onWaiting: (count) => (waiting = count), onLoss: (reason) => losses.push(reason) },
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

describe('what user-sync does not take', () => {
  it('waits, is written when user-sync is back, and says how long ago it happened', async () => {
    answer = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    queue.add(entry('two'), context);
    await pass(30_000);
    expect([waiting, losses]).toEqual([2, []]);
    [answer, sent] = [async () => ({}), []];
    await pass(30_000);
    expect(sent.map(({ subject }) => subject).sort()).toEqual(['one', 'two']);
    expect(sent.every(({ ageMs }) => ageMs > 30_000 && ageMs <= 60_000)).toBe(true);
    expect(waiting).toBe(0);
    await pass(DAY_MS);
    expect(sent).toHaveLength(2);
  });

  it('is asked for by one probe at a time, more and more rarely', async () => {
    answer = refuse('unavailable');
    for (let index = 0; index < 50; index += 1) queue.add(entry(`${index}`), context);
    await pass(0);
    sent = [];
    await pass(600_000);
    expect(sent.length).toBeLessThan(30);
    [answer, sent] = [async () => ({}), []];
    await pass(30_000);
    expect(new Set(subjects()).size).toBe(50);
  });

  it('stands in the log while it waits, once', async () => {
    answer = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(60_000);
    expect(logged.match(/an audit entry waits/g)).toHaveLength(1);
    expect(logged).toContain('"requestId":"r-1"');
  });

  it('is lost beyond a thousand, and says so', async () => {
    answer = refuse('unavailable');
    for (let index = 0; index < 1_003; index += 1) queue.add(entry(`${index}`), context);
    await pass(60_000);
    expect([waiting, losses]).toEqual([1_000, ['full', 'full', 'full']]);
    expect(logged.match(/an audit entry is lost/g)).toHaveLength(3);
  });

  it('is lost after a day', async () => {
    answer = refuse('internal');
    queue.add(entry('one'), context);
    await pass(DAY_MS + 60_000);
    expect([waiting, losses]).toEqual([0, ['expired']]);
  });

  it('is lost when it can never be taken, and holds up no other', async () => {
    answer = refuse('invalid_request');
    queue.add(entry('odd'), context);
    await pass(0);
    answer = async () => ({});
    queue.add(entry('good'), context);
    await pass(0);
    expect([subjects(), losses]).toEqual([['odd', 'good'], ['refused']]);
  });

  it('does not hold up the others when it alone fails', async () => {
    answer = () => (sent.at(-1)?.subject === 'odd' ? refuse('internal')() : Promise.resolve({}));
    queue.add(entry('odd'), context);
    for (let index = 0; index < 10; index += 1) queue.add(entry('good'), context);
    await pass(60_000);
    expect(subjects().filter((subject) => subject === 'good')).toHaveLength(10);
    expect([waiting, losses]).toEqual([1, []]);
  });
});

it('a request that waits for its entry goes on when it is not taken, and the entry follows', async () => {
  answer = refuse('unavailable');
  await queue.write(entry('redrive'), context);
  expect(waiting).toBe(1);
  answer = async () => ({});
  await pass(60_000);
  expect(subjects()).toEqual(['redrive', 'redrive']);
});

it('no more than a hundred are asked for at once', async () => {
  answer = () => new Promise(() => undefined);
  for (let index = 0; index < 150; index += 1) queue.add(entry(`${index}`), context);
  await pass(0);
  expect([sent.length, waiting]).toEqual([100, 50]);
  // Nobody would know of them were this process killed.
  expect(logged.match(/an audit entry waits/g)).toHaveLength(50);
});

describe('at the end of the process', () => {
  it('what waits is offered once more', async () => {
    answer = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    answer = async () => ({});
    await queue.end();
    expect([subjects(), losses]).toEqual([['one', 'one'], []]);
  });

  it('what is not taken then is lost, and stands in the log', async () => {
    answer = refuse('unavailable');
    for (const subject of ['one', 'two']) queue.add(entry(subject), context);
    await pass(0);
    answer = () => new Promise(() => undefined);
    const ending = queue.end();
    await pass(2_000);
    await ending;
    expect([losses, logged.match(/an audit entry is lost/g)?.length]).toEqual([['ended', 'ended'], 2]);
  });

  it('what was under way is waited for, and lost once, whatever becomes of it later', async () => {
    let fail: (error: Error) => void = () => undefined;
    answer = () => new Promise((_, reject) => (fail = reject));
    queue.add(entry('one'), context);
    const ending = queue.end();
    await pass(2_000);
    await ending;
    fail(new RequestRefusedError('unavailable', 'no'));
    await pass(0);
    expect(losses).toEqual(['ended']);
  });

  it('what comes after that has one try', async () => {
    answer = refuse('unavailable');
    queue.add(entry('one'), context);
    await pass(0);
    await queue.end();
    queue.add(entry('two'), context);
    await pass(0);
    answer = async () => ({});
    queue.add(entry('three'), context);
    await pass(60_000);
    expect([subjects(), losses]).toEqual([
      ['one', 'one', 'two', 'three'],
      ['ended', 'ended'],
    ]);
  });
});
