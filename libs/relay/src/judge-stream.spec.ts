import { type Epoch } from './epoch-record';
import { type Marker, judgeStream } from './judge-stream';

const HOUR_MS = 3_600_000;
const createdAt = new Date('2026-01-01T00:00:00.000Z');
const record: Epoch = {
  epoch: 1_790_000_000_000,
  state: 'complete',
  reason: 'first',
  generation: 0,
  streamCreatedAt: createdAt,
  ackedSequence: 100,
  purgeBelow: 1,
  markerSequence: 1,
  nextPage: null,
  rows: 10,
  ageMs: 1_000,
};
const marker: Marker = { epoch: record.epoch, complete: true };
const stream = { createdAt, lastSequence: 100, marker };

const judge = (
  of: Partial<Epoch>,
  seen: Partial<typeof stream | { marker: undefined }> = {},
  refillMs = 24 * HOUR_MS,
) => judgeStream({ ...record, ...of }, { ...stream, ...seen }, refillMs);

describe('the comparison of a stream with its record', () => {
  it('finds a stream intact that is as recorded, also when others have published since', () => {
    expect(judge({})).toEqual({ kind: 'intact' });
    expect(judge({}, { lastSequence: 500 })).toEqual({ kind: 'intact' });
  });

  it.each([
    ['was never written', { state: 'due', reason: 'first' } as const, { marker: undefined }, 'first'],
    ['was written by another database', { state: 'due', reason: 'first' } as const, {}, 'foreign'],
    ['must be written anew', { state: 'due', reason: 'restored_database' } as const, {}, 'restored_database'],
    ['was created at another time', {}, { createdAt: new Date(0) }, 'lost'],
    ['was purged', {}, { marker: undefined }, 'lost'],
    ['was purged while it was filled', { state: 'filling' } as const, { marker: undefined }, 'lost'],
    ['lost acknowledged messages', {}, { lastSequence: 99 }, 'went_back'],
    ['lost its last marker', {}, { marker: { ...marker, complete: false } }, 'went_back'],
    ['has the marker of an earlier epoch', {}, { marker: { ...marker, epoch: 7 } }, 'went_back'],
    ['has the marker of a later epoch', {}, { marker: { ...marker, epoch: record.epoch + 1 } }, 'foreign'],
    [
      'has the marker of a later epoch before it has its own',
      { state: 'marking' } as const,
      { marker: { ...marker, epoch: record.epoch + 1 } },
      'foreign',
    ],
    ['gave out a sequence again', { state: 'due', reason: 'went_back' } as const, {}, 'went_back'],
    [
      'gave out a sequence again because it is another one',
      { state: 'due', reason: 'went_back' } as const,
      { createdAt: new Date(0) },
      'lost',
    ],
  ])('begins an epoch with a purge when the stream %s', (_, of, seen, reason) => {
    expect(judge(of, seen)).toEqual({ kind: 'begin', reason, purge: true });
  });

  it('continues an epoch that has begun, whatever marker is on the stream before it has its own', () => {
    const unmarked = { kind: 'continue' };
    expect(judge({ state: 'marking' }, { marker: undefined })).toEqual(unmarked);
    expect(judge({ state: 'marking' }, { marker: { ...marker, epoch: 7 } })).toEqual(unmarked);
    expect(judge({ state: 'filling' }, { marker: { ...marker, complete: false } })).toEqual(unmarked);
    expect(judge({ state: 'purging' })).toEqual(unmarked);
  });

  it('refills without a purge after the interval and at most a tenth more, and never with 0', () => {
    expect(judge({ ageMs: HOUR_MS - 1 }, {}, HOUR_MS)).toEqual({ kind: 'intact' });
    expect(judge({ ageMs: 1.1 * HOUR_MS }, {}, HOUR_MS)).toEqual({ kind: 'begin', reason: 'refill', purge: false });
    expect(judge({ ageMs: 1_000 * HOUR_MS }, {}, 0)).toEqual({ kind: 'intact' });
  });

  it('spreads refills of streams whose epochs began at different times', () => {
    const due = (epoch: number) =>
      judge({ epoch, ageMs: 1.05 * HOUR_MS }, { marker: { epoch, complete: true } }, HOUR_MS).kind;
    expect([due(1_790_000_000_100), due(1_790_000_000_900)]).toEqual(['begin', 'intact']);
  });
});
