import { type ClerkMovement } from '@gatehouse/contracts';
import { pino } from 'pino';
import { noActivity, type ApplyResult, type Observation } from '../observation/observation';
import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { ClerkMovements } from './clerk-movements';

const NOW = 1_790_000_000_000;

let reported: ClerkMovement[];
let unavailable: boolean;
let movements: ClerkMovements;

beforeEach(() => {
  jest.useFakeTimers({ now: NOW });
  reported = [];
  unavailable = false;
  const publish = ({ data }: { data: Uint8Array }) => {
    if (unavailable) return Promise.reject(new Error('unavailable'));
    reported.push(JSON.parse(new TextDecoder().decode(data)) as ClerkMovement);
    return Promise.resolve({ sequence: 1, streamCreatedAt: new Date(NOW), duplicate: false });
  };
  movements = new ClerkMovements({ publish }, pino({ level: 'silent' }));
});

afterEach(() => jest.useRealTimers());

const observation = (
  version: number,
  source: Observation['origin']['source'],
  kind: 'event' | 'snapshot' = 'snapshot',
): Observation => {
  const user = { clerkUserId: 'user_1', version } as MappedUser;
  const seen = kind === 'event' ? { kind, user } : ({ kind, user, before: 'unknown', confirmed: false } as const);
  const origin = { id: 'x', source, eventType: source, attempt: 0, correlationId: 'c' };
  return { clerkUserId: 'user_1', activity: noActivity, seen, origin };
};
const settled = (decision: string, repeated = false): ApplyResult => ({
  settled: true,
  userId: null,
  decision,
  reason: '',
  repeated,
});

it('of many movements only the newest is reported, and once', async () => {
  for (let n = 0; n < 1_000; n += 1) movements.note(NOW - 1_000 + n, 'reconcile');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(reported).toEqual([{ movedAt: NOW - 1, source: 'reconcile' }]);
  movements.note(NOW - 1, 'first_login');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(reported).toHaveLength(1);
});

it('a movement whose report failed is reported again', async () => {
  unavailable = true;
  movements.note(NOW, 'drift');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(reported).toEqual([]);
  unavailable = false;
  await jest.advanceTimersByTimeAsync(60_000);
  expect(reported).toEqual([{ movedAt: NOW, source: 'drift' }]);
});

it.each<[string, Observation, ApplyResult, number]>([
  ['a new user found by a reconcile run', observation(NOW, 'reconcile'), settled('create'), 1],
  ['a change found by a first login', observation(NOW, 'first_login'), settled('apply'), 1],
  ["a change found by an admin's sync", observation(NOW, 'sync'), settled('apply'), 1],
  ['a local user linked', observation(NOW, 'first_login'), settled('link'), 1],
  ['an event', observation(NOW, 'webhook', 'event'), settled('apply'), 0],
  ['a snapshot fetched because of a webhook', observation(NOW, 'webhook'), settled('apply'), 0],
  ['a duplicate', observation(NOW, 'reconcile'), settled('duplicate'), 0],
  ['a newer version with the same content', observation(NOW, 'reconcile'), settled('advance'), 0],
  ['a row that was ahead of Clerk', observation(NOW, 'reconcile'), settled('heal'), 0],
  ['a repeated observation', observation(NOW, 'reconcile'), settled('apply', true), 0],
  ['a version in the far future', observation(NOW + 3_600_000, 'reconcile'), settled('apply'), 0],
])('a movement is reported, or not, for %s', async (_what, one, result, messages) => {
  movements.noteApplied([one], [result]);
  await jest.advanceTimersByTimeAsync(60_000);
  expect(reported).toHaveLength(messages);
});
