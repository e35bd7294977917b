import { judgeSilence } from './silence';

const HOUR = 3_600_000;
const heard = {
  nowMs: 100 * HOUR,
  thresholdMs: HOUR,
  lastMs: 99.5 * HOUR,
  longestGapMs: 3 * HOUR,
  rejectedMs: null,
  userEventMs: 99.5 * HOUR,
  movedMs: null,
  graceMs: HOUR / 6,
};

it.each([
  ['a webhook arrived within the threshold', {}, 'heard'],
  ['it is quiet and an earlier gap was longer', { lastMs: 98 * HOUR }, 'quiet'],
  ['it is quiet for longer than in any earlier gap', { lastMs: 96 * HOUR }, 'alarm'],
  ['it is quiet and no earlier gap is known', { lastMs: 50 * HOUR, longestGapMs: null }, 'quiet'],
  ['deliveries are rejected and none is recorded', { lastMs: 98 * HOUR, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['no delivery was ever accepted and some were rejected', { lastMs: null, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['a forged delivery arrived among valid ones', { rejectedMs: 99.9 * HOUR }, 'heard'],
  ['no webhook has arrived yet', { lastMs: null }, 'unknown'],
  [
    'Clerk changed a user after the last user webhook, and the grace time is over',
    { userEventMs: 90 * HOUR, movedMs: 98 * HOUR },
    'alarm',
  ],
  [
    'Clerk changed a user and only session webhooks arrive',
    { lastMs: 99.9 * HOUR, userEventMs: 90 * HOUR, movedMs: 99 * HOUR },
    'alarm',
  ],
  ['Clerk changed a user within the grace time', { userEventMs: 90 * HOUR, movedMs: 99.9 * HOUR }, 'heard'],
  [
    'Clerk changed a user and a user webhook arrived afterwards',
    { userEventMs: 98.1 * HOUR, movedMs: 98 * HOUR },
    'heard',
  ],
  [
    'Clerk changed a user after a webhook, by less than clocks may differ',
    { userEventMs: 98 * HOUR, movedMs: 98.1 * HOUR },
    'heard',
  ],
  [
    'no webhook ever arrived and Clerk changed a user',
    { lastMs: null, userEventMs: 90 * HOUR, movedMs: 95 * HOUR },
    'alarm',
  ],
  [
    'Clerk changed a user before the ledger was created',
    { lastMs: null, userEventMs: 90 * HOUR, movedMs: 80 * HOUR },
    'unknown',
  ],
])('the silence of webhooks is judged when %s', (_when, more, state) => {
  expect(judgeSilence({ ...heard, ...more })).toMatchObject({ state });
});
