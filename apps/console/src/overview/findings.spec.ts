import { findingsOf } from './findings';

const AT = '2026-01-02T12:00:00.000Z';
const before = (ms: number) => new Date(Date.parse(AT) - ms).toISOString();
const stats = {
  at: AT,
  open: { pending: 0, processing: 0, retrying: 0, dead: 0 },
  oldestUnapplied: null,
  rejected: { kept: 0, lastAt: null },
  silence: { state: 'heard', reason: '', sinceMs: 0, thresholdMs: 1, longestBeforeMs: null, movedAt: null },
} as const;
const run = { state: 'done', message: null, absences: 0 } as const;
const gateway = { id: 'a', live: true, leaseExpiresAt: AT, acknowledged: 7 };

it('finds nothing while all is well, or before anything was read', () => {
  expect(findingsOf(stats, run, { current: 7, items: [gateway] })).toEqual([]);
  expect(findingsOf(stats, null, { current: 7, items: [] })).toEqual([]);
  expect(findingsOf(undefined, undefined, undefined)).toEqual([]);
});

it.each([
  [
    'bad',
    'No webhooks: the longest silence',
    { silence: { ...stats.silence, state: 'alarm', reason: 'the longest silence' } },
  ],
  ['bad', '1 event is dead', { open: { ...stats.open, dead: 1 } }],
  ['wait', '2 events have failed', { open: { ...stats.open, retrying: 2 } }],
  ['wait', 'has waited for 2 min', { oldestUnapplied: { id: '1', webhookId: 'msg_1', at: before(120_000) } }],
  ['wait', 'was rejected', { rejected: { kept: 1, lastAt: before(60_000) } }],
] as const)('of the ledger it finds, as %s: %s', (tone, text, changes) => {
  expect(findingsOf({ ...stats, ...changes }, run, undefined)).toMatchObject([
    { tone, text: expect.stringContaining(text) as string },
  ]);
});

it('does not report an old refusal or an event that has just come', () => {
  const changes = {
    oldestUnapplied: { id: '1', webhookId: 'msg_1', at: before(59_000) },
    rejected: { kept: 1, lastAt: before(3_600_000) },
  };
  expect(findingsOf({ ...stats, ...changes }, run, undefined)).toEqual([]);
});

it('finds a run that waits for an approval, one that failed, and gateways behind, the worst first', () => {
  const behind = { current: 8, items: [gateway, { ...gateway, live: false }] };
  expect(findingsOf(stats, { ...run, state: 'needs_approval', absences: 40 }, behind)).toMatchObject([
    { tone: 'bad', text: expect.stringContaining('up to 40 users') as string },
    { tone: 'wait', text: expect.stringContaining('1 gateway') as string },
  ]);
  expect(findingsOf(stats, { ...run, state: 'failed', message: 'Clerk is away' }, undefined)).toMatchObject([
    { text: 'The last reconcile run failed: Clerk is away.' },
  ]);
});
