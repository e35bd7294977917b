import { judgeSilence } from './silence';

const HOUR = 3_600_000;
const heard = { nowMs: 100 * HOUR, thresholdMs: HOUR, lastMs: 99.5 * HOUR, longestGapMs: 3 * HOUR, rejectedMs: null };

it.each([
  ['a webhook came within the threshold', {}, 'heard'],
  ['it is quiet, as it has been before', { lastMs: 98 * HOUR }, 'quiet'],
  ['it is quiet for longer than ever', { lastMs: 96 * HOUR }, 'alarm'],
  ['it is quiet and nothing is known of other times', { lastMs: 50 * HOUR, longestGapMs: null }, 'quiet'],
  ['deliveries come and none verifies', { lastMs: 98 * HOUR, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['none has ever verified, and some are refused', { lastMs: null, rejectedMs: 99.9 * HOUR }, 'alarm'],
  ['a forged one came among good ones', { rejectedMs: 99.9 * HOUR }, 'heard'],
  ['nothing has come yet', { lastMs: null }, 'unknown'],
])('when %s', (_when, more, state) => {
  expect(judgeSilence({ ...heard, ...more })).toMatchObject({ state });
});
