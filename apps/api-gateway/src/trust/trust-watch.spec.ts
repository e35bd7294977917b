import { randomUUID } from 'node:crypto';
import { CredentialRefusedError } from '@gatehouse/auth';
import { type TrustChange } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type Caller } from '../caller/caller';
import { TrustWatch } from './trust-watch';

interface Item {
  readonly name: string;
  readonly caller: Caller | undefined;
}

const [ada, bob] = [randomUUID(), randomUUID()];
const item = (name: string, userId: string, ids: { sessionId?: string; keyId?: string } = {}): Item => ({
  name,
  caller: { principal: { userId, ...ids } } as unknown as Caller,
});
const change = (concerns: object) => ({ number: 1, reason: 'revoked', at: 0, ...concerns }) as unknown as TrustChange;

let tell: (change: TrustChange) => void;
let forget: () => void;
let log: string[];
/** The answer to each lookup: trusted, or the error. */
let answer: () => Promise<void>;
let watch: TrustWatch<Item>;

beforeEach(() => {
  log = [];
  answer = async () => undefined;
  const feed = {
    onChange: (listener: (change: TrustChange) => void) => void (tell = listener),
    onForget: (listener: () => void) => void (forget = listener),
  };
  watch = new TrustWatch<Item>(feed, {
    doubted: ({ name }) => void log.push(`${name} doubted`),
    confirm: () => answer(),
    trusted: ({ name }) => void log.push(`${name} trusted`),
    refused: (refused) => {
      log.push(`${refused.name} refused`);
      watch.delete(refused);
    },
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe('a trust change puts in doubt', () => {
  const session = item('session', ada, { sessionId: 'sess_1' });
  const key = item('key', ada, { keyId: 'key_1' });
  const stranger = item('stranger', bob, { sessionId: 'sess_2' });
  const anybody = { name: 'anybody', caller: undefined };

  it.each([
    ['what its user has open', { kind: 'user', userId: ada }, ['session', 'key']],
    ['what its session of Clerk has open', { kind: 'clerk_session', sessionId: 'sess_1' }, ['session']],
    ['what its own session has open', { kind: 'legacy_session', userId: ada, sessionId: 'sess_1' }, ['session']],
    ['what its API key has open', { kind: 'api_key', userId: ada, keyId: 'key_1' }, ['key']],
    ['nothing of others', { kind: 'api_key', userId: bob, keyId: 'key_1' }, []],
  ])('%s', async (_what, concerns, names) => {
    for (const one of [session, key, stranger, anybody]) watch.add(one);
    tell(change(concerns));
    expect(log).toEqual(names.map((name) => `${name} doubted`));
    expect([session, key, stranger].filter((one) => !watch.isTrusted(one)).map(({ name }) => name)).toEqual(names);
    await settled();
    expect(log.slice(names.length)).toEqual(names.map((name) => `${name} trusted`));
    expect(watch.isTrusted(session)).toBe(true);
  });
});

it('puts everything in doubt when the gateway has forgotten what it knew', async () => {
  watch.add(item('one', ada));
  watch.add(item('other', bob));
  forget();
  await settled();
  expect(log).toEqual(['one doubted', 'other doubted', 'one trusted', 'other trusted']);
});

it('reports a caller that is refused', async () => {
  answer = async () => Promise.reject(new CredentialRefusedError('token_revoked'));
  watch.add(item('one', ada));
  tell(change({ kind: 'user', userId: ada }));
  await settled();
  expect(log).toEqual(['one doubted', 'one refused']);
  expect([watch.size, watch.ofUser(ada).size]).toEqual([0, 0]);
});

it('keeps a caller in doubt while nobody can tell, until a retry', async () => {
  answer = async () => Promise.reject(new RequestRefusedError('unavailable', 'user-sync is away'));
  const one = item('one', ada);
  watch.add(one);
  watch.doubt([one]);
  await settled();
  expect([log, watch.isTrusted(one)]).toEqual([['one doubted'], false]);
  answer = async () => undefined;
  watch.retry();
  await settled();
  expect([log, watch.isTrusted(one)]).toEqual([['one doubted', 'one trusted'], true]);
});

it('does not trust a caller by a lookup that began before the last doubt', async () => {
  const answers: (() => void)[] = [];
  answer = () => new Promise((resolve) => answers.push(resolve));
  const one = item('one', ada);
  watch.add(one);
  watch.doubt([one]);
  watch.doubt([one]);
  answers[0]?.();
  await settled();
  expect([log, watch.isTrusted(one), answers.length]).toEqual([['one doubted', 'one doubted'], false, 2]);
  answers[1]?.();
  await settled();
  expect([log.at(-1), watch.isTrusted(one)]).toEqual(['one trusted', true]);
});

it('says nothing of an item that was deleted while its caller was looked up', async () => {
  let reply: (() => void) | undefined;
  answer = () => new Promise((resolve) => (reply = resolve));
  const one = item('one', ada);
  watch.add(one);
  watch.doubt([one]);
  expect([watch.delete(one), watch.delete(one)]).toEqual([true, false]);
  reply?.();
  await settled();
  expect(log).toEqual(['one doubted']);
});
