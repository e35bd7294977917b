import { type Action, type Known, type Observation, decide } from './decide';

const row: Known = { kind: 'live', version: 100, contentHash: 'ours' };
const absent: Known = { kind: 'absent' };
const tombstone: Known = { kind: 'tombstone' };
const deletion: Observation = { kind: 'deletion' };

const event = (version: number, contentHash: string, proven = true): Observation => ({
  kind: 'event',
  version,
  contentHash,
  proven,
});

const snapshot = (version: number, contentHash: string, rowUnchanged = true, confirmed = false): Observation => ({
  kind: 'snapshot',
  version,
  contentHash,
  rowUnchanged,
  confirmed,
});

describe('decide', () => {
  it.each<[string, Known, Observation, Action]>([
    ['an event, newer, of other content', row, event(101, 'other'), 'apply'],
    ['an event, newer, of the same content', row, event(101, 'ours'), 'advance'],
    ['an event, older, of other content', row, event(99, 'other'), 'stale'],
    ['an event, older, of the same content', row, event(99, 'ours'), 'stale'],
    ['an event, equal in version and content', row, event(100, 'ours'), 'duplicate'],
    ['an event that ties with other content', row, event(100, 'other'), 'fetch'],

    ['a snapshot, newer, of other content', row, snapshot(101, 'other'), 'apply'],
    ['a snapshot, newer, though the row changed meanwhile', row, snapshot(101, 'other', false), 'apply'],
    ['a snapshot, newer, of the same content', row, snapshot(101, 'ours'), 'advance'],
    ['a snapshot, equal in version and content', row, snapshot(100, 'ours'), 'duplicate'],
    ['a snapshot that ties, the row unchanged since the fetch', row, snapshot(100, 'other'), 'apply'],
    ['a snapshot that ties, the row changed since the fetch', row, snapshot(100, 'other', false), 'fetch'],
    ['a snapshot, older, for the first time', row, snapshot(99, 'other'), 'fetch-later'],
    ['a snapshot, older, for the second time', row, snapshot(99, 'other', true, true), 'heal'],
    ['a snapshot, older of the same content, for the second time', row, snapshot(99, 'ours', true, true), 'heal'],
    ['a snapshot, older, the row changed since the fetch', row, snapshot(99, 'other', false, true), 'fetch'],

    ['a deletion', row, deletion, 'delete'],
    ['a deletion that comes first', absent, deletion, 'delete'],
    ['a deletion that comes again', tombstone, deletion, 'duplicate'],

    ['an event of an unknown user', absent, event(1, 'other'), 'create'],
    ['an unproven event of an unknown user', absent, event(1, 'other', false), 'confirm'],
    ['an unproven event of a known user', row, event(101, 'other', false), 'apply'],
    ['an unproven event of a deleted user', tombstone, event(101, 'other', false), 'tombstoned'],
    ['a snapshot of an unknown user', absent, snapshot(1, 'other'), 'create'],
    ['an event of a deleted user', tombstone, event(1_000, 'other'), 'tombstoned'],
    ['a snapshot of a deleted user', tombstone, snapshot(1_000, 'other', true, true), 'tombstoned'],
  ])('%s', (_, known, seen, action) => {
    expect(decide(known, seen)).toEqual({ action, reason: expect.stringMatching(/^\S.{10,}$/) });
  });

  it('heals a row of the far future by the second of two older snapshots', () => {
    const corrupt: Known = { kind: 'live', version: Number.MAX_SAFE_INTEGER, contentHash: 'corrupt' };
    expect(decide(corrupt, event(200, 'true')).action).toBe('stale');
    expect(decide(corrupt, snapshot(200, 'true')).action).toBe('fetch-later');
    expect(decide(corrupt, snapshot(200, 'true', true, true)).action).toBe('heal');
  });
});
