import { type ClerkMovement } from '@gatehouse/contracts';
import { pino } from 'pino';
import { noActivity, type Applied, type Change } from '../observation/observation';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { ClerkMovements } from './clerk-movements';

const NOW = 1_790_000_000_000;

let told: ClerkMovement[];
let away: boolean;
let movements: ClerkMovements;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  told = [];
  away = false;
  const publish = ({ data }: { data: Uint8Array }) => {
    if (away) return Promise.reject(new Error('away'));
    told.push(JSON.parse(new TextDecoder().decode(data)) as ClerkMovement);
    return Promise.resolve({ sequence: 1, streamCreatedAt: new Date(NOW), duplicate: false });
  };
  movements = new ClerkMovements({ publish }, pino({ level: 'silent' }));
});

afterEach(() => jest.useRealTimers());

const change = (
  version: number,
  source: Change['story']['source'],
  kind: 'event' | 'snapshot' = 'snapshot',
): Change => {
  const user = { clerkUserId: 'user_1', version } as MappedUser;
  const seen = kind === 'event' ? { kind, user } : ({ kind, user, before: 'unknown', confirmed: false } as const);
  const story = { id: 'x', source, eventType: source, attempt: 0, correlationId: 'c' };
  return { clerkUserId: 'user_1', activity: noActivity, seen, story };
};
const settled = (decision: string, repeated = false): Applied => ({
  settled: true,
  userId: null,
  decision,
  reason: '',
  repeated,
});

it('tells the newest alone, however much is noted, and nothing twice', async () => {
  for (let n = 0; n < 1_000; n += 1) movements.note(NOW - 1_000 + n, 'reconcile');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([{ movedAt: NOW - 1, source: 'reconcile' }]);
  movements.note(NOW - 1, 'first_login');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(1);
});

it('keeps what could not be told until it can', async () => {
  away = true;
  movements.note(NOW, 'drift');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
  away = false;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([{ movedAt: NOW, source: 'drift' }]);
});

it.each<[string, Change, Applied, number]>([
  ['a new user found by a walk', change(NOW, 'reconcile'), settled('create'), 1],
  ['a change found by a first login', change(NOW, 'first_login'), settled('apply'), 1],
  ["a change found by an admin's sync", change(NOW, 'sync'), settled('apply'), 1],
  ['a local user linked', change(NOW, 'first_login'), settled('link'), 1],
  ['what a webhook told', change(NOW, 'webhook', 'event'), settled('apply'), 0],
  ['what was fetched because of a webhook', change(NOW, 'webhook'), settled('apply'), 0],
  ['what was known', change(NOW, 'reconcile'), settled('duplicate'), 0],
  ['a version without news', change(NOW, 'reconcile'), settled('advance'), 0],
  ['a row that was ahead of Clerk', change(NOW, 'reconcile'), settled('heal'), 0],
  ['what was applied before', change(NOW, 'reconcile'), settled('apply', true), 0],
  ['a version of the far future', change(NOW + 3_600_000, 'reconcile'), settled('apply'), 0],
])('of %s', async (_what, one, result, messages) => {
  movements.noteApplied([one], [result]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(told).toHaveLength(messages);
});
