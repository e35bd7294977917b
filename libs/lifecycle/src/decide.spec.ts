import { type Action, type Known, type Observed, decide } from './decide';

const row: Known = { kind: 'live', version: 100, contentHash: 'ours' };
const absent: Known = { kind: 'absent' };
const tombstone: Known = { kind: 'tombstone' };
const deletion: Observed = { kind: 'deletion' };

const event = (version: number, contentHash: string, proven = true): Observed => ({
  kind: 'event',
  version,
  contentHash,
  proven,
});

const snapshot = (version: number, contentHash: string, rowUnchanged = true, confirmed = false): Observed => ({
  kind: 'snapshot',
  version,
  contentHash,
  rowUnchanged,
  confirmed,
});

describe('decide', () => {
  it.each<[string, Known, Observed, Action]>([
    ['applies a newer event with other content', row, event(101, 'other'), 'apply'],
    ['advances the version for a newer event with the same content', row, event(101, 'ours'), 'advance'],
    ['ignores an older event with other content as stale', row, event(99, 'other'), 'stale'],
    ['ignores an older event with the same content as stale', row, event(99, 'ours'), 'stale'],
    ['ignores an event of equal version and content as a duplicate', row, event(100, 'ours'), 'duplicate'],
    ['fetches the user for an event of equal version and other content', row, event(100, 'other'), 'fetch'],

    ['applies a newer snapshot with other content', row, snapshot(101, 'other'), 'apply'],
    ['applies a newer snapshot although the row changed since the fetch', row, snapshot(101, 'other', false), 'apply'],
    ['advances the version for a newer snapshot with the same content', row, snapshot(101, 'ours'), 'advance'],
    ['ignores a snapshot of equal version and content as a duplicate', row, snapshot(100, 'ours'), 'duplicate'],
    [
      'applies a snapshot of equal version when the row did not change since the fetch',
      row,
      snapshot(100, 'other'),
      'apply',
    ],
    [
      'fetches again for a snapshot of equal version when the row changed since the fetch',
      row,
      snapshot(100, 'other', false),
      'fetch',
    ],
    ['fetches later for the first older snapshot', row, snapshot(99, 'other'), 'fetch-later'],
    ['heals the row by the second older snapshot', row, snapshot(99, 'other', true, true), 'heal'],
    ['heals the row by the second older snapshot with the same content', row, snapshot(99, 'ours', true, true), 'heal'],
    [
      'fetches again for an older snapshot when the row changed since the fetch',
      row,
      snapshot(99, 'other', false, true),
      'fetch',
    ],

    ['deletes a known user', row, deletion, 'delete'],
    ['deletes an unknown user, so that later events find a tombstone', absent, deletion, 'delete'],
    ['ignores a repeated deletion as a duplicate', tombstone, deletion, 'duplicate'],

    ['creates an unknown user from a proven event', absent, event(1, 'other'), 'create'],
    ['asks Clerk to confirm an unknown user after an unproven event', absent, event(1, 'other', false), 'confirm'],
    ['applies an unproven event of a known user', row, event(101, 'other', false), 'apply'],
    ['ignores an unproven event of a deleted user', tombstone, event(101, 'other', false), 'tombstoned'],
    ['creates an unknown user from a snapshot', absent, snapshot(1, 'other'), 'create'],
    ['ignores an event of a deleted user', tombstone, event(1_000, 'other'), 'tombstoned'],
    ['ignores a snapshot of a deleted user', tombstone, snapshot(1_000, 'other', true, true), 'tombstoned'],
  ])('%s', (_, known, observed, action) => {
    expect(decide(known, observed)).toEqual({ action, reason: expect.stringMatching(/^\S.{10,}$/) });
  });

  it('heals a row with a version in the far future by the second older snapshot', () => {
    const corrupt: Known = { kind: 'live', version: Number.MAX_SAFE_INTEGER, contentHash: 'corrupt' };
    expect(decide(corrupt, event(200, 'true')).action).toBe('stale');
    expect(decide(corrupt, snapshot(200, 'true')).action).toBe('fetch-later');
    expect(decide(corrupt, snapshot(200, 'true', true, true)).action).toBe('heal');
  });
});
