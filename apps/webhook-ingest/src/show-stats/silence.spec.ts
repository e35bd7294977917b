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
  ['a webhook came within the threshold', {}, 'heard'],
  ['it is quiet, as it has been before', { lastMs: 98 * HOUR }, 'quiet'],
  ['it is quiet for longer than ever', { lastMs: 96 * HOUR }, 'alarm'],
  ['it is quiet and nothing is known of other times', { lastMs: 50 * HOUR, longestGapMs: null }, 'quiet'],
  ['deliveries are turned away and none is recorded', { lastMs: 98 * HOUR, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['none has ever verified, and some are refused', { lastMs: null, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['a forged one came among good ones', { rejectedMs: 99.9 * HOUR }, 'heard'],
  ['nothing has come yet', { lastMs: null }, 'unknown'],
  [
    'Clerk moved after the last webhook about a user, and its webhook had time to come',
    { userEventMs: 90 * HOUR, movedMs: 98 * HOUR },
    'alarm',
  ],
  [
    'Clerk moved and sessions alone are heard of',
    { lastMs: 99.9 * HOUR, userEventMs: 90 * HOUR, movedMs: 99 * HOUR },
    'alarm',
  ],
  ['Clerk has moved just now', { userEventMs: 90 * HOUR, movedMs: 99.9 * HOUR }, 'heard'],
  ['Clerk moved and a webhook about a user came after', { userEventMs: 98.1 * HOUR, movedMs: 98 * HOUR }, 'heard'],
  [
    'Clerk moved just after a webhook, by clocks that may differ',
    { userEventMs: 98 * HOUR, movedMs: 98.1 * HOUR },
    'heard',
  ],
  ['nothing has ever come, and Clerk moved', { lastMs: null, userEventMs: 90 * HOUR, movedMs: 95 * HOUR }, 'alarm'],
  ['Clerk moved before the ledger was there', { lastMs: null, userEventMs: 90 * HOUR, movedMs: 80 * HOUR }, 'unknown'],
])('when %s', (_when, more, state) => {
  expect(judgeSilence({ ...heard, ...more })).toMatchObject({ state });
});
