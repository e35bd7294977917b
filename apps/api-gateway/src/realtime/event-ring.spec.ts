import fc from 'fast-check';
import { EventRing } from './event-ring';
import { type LiveEvent } from './live-event';
import { type Position, type Source, idOf, positionOf } from './stream-position';

const LIMITS = { bytes: 100_000, entries: 50, ageMs: 1_000 };

function eventOf(userId: string, text = 'x'): LiveEvent {
  return { userId, kind: 'item', text };
}

function ringAt(limits = LIMITS) {
  const clock = { now: 0 };
  const evicted: number[] = [];
  const ring = new EventRing(
    limits,
    () => clock.now,
    ({ sequence }) => evicted.push(sequence),
  );
  ring.begin('users', { epoch: 1, sequence: 10 });
  ring.begin('data', { epoch: 2, sequence: 20 });
  return { ring, clock, evicted };
}

const place = (users: number, data: number, epochs = [1, 2]): Position => ({
  users: { epoch: epochs[0] ?? 0, sequence: users },
  data: { epoch: epochs[1] ?? 0, sequence: data },
});
const sequences = (ring: EventRing, user: string, position: Position) =>
  ring.after(user, position).map(({ source, sequence }) => `${source} ${sequence}`);

describe('the ring', () => {
  it('has the events of one user after a position, in the order of their arrival', () => {
    const { ring } = ringAt();
    ring.add('users', 11, eventOf('ada'));
    ring.add('data', 21, eventOf('ada'));
    ring.add('data', 22, eventOf('bob'));
    ring.add('users', 12, eventOf('ada'));
    expect(sequences(ring, 'ada', place(10, 20))).toEqual(['users 11', 'data 21', 'users 12']);
    expect(sequences(ring, 'ada', place(11, 22))).toEqual(['users 12']);
    expect(sequences(ring, 'eve', place(10, 20))).toEqual([]);
    expect(ring.position).toEqual(place(12, 22));
  });

  it('refuses positions from before its first event, of other epochs, and far ahead', () => {
    const { ring } = ringAt();
    ring.add('data', 25, eventOf('ada'));
    ring.beginEpoch('data', { epoch: 3, sequence: 30 });
    expect(ring.refusalOf(place(10, 20))).toBeUndefined();
    expect(ring.refusalOf(place(10, 29))).toBeUndefined();
    expect(ring.refusalOf(place(10, 30, [1, 3]))).toBeUndefined();
    // Another gateway is a little faster.
    expect(ring.refusalOf(place(40, 31, [1, 3]))).toBeUndefined();
    expect(ring.refusalOf(place(9, 25))).toBe('too_old');
    expect(ring.refusalOf(place(10, 30))).toBe('unknown');
    expect(ring.refusalOf(place(10, 25, [1, 3]))).toBe('unknown');
    expect(ring.refusalOf(place(99_999, 25))).toBe('unknown');
  });

  it('forgets by number, bytes and age, and refuses what it cannot continue', () => {
    const byNumber = ringAt();
    for (let n = 1; n <= 60; n += 1) byNumber.ring.add('data', 20 + n, eventOf('ada'));
    expect([byNumber.ring.size, byNumber.evicted.length]).toEqual([50, 10]);
    expect(byNumber.ring.refusalOf(place(10, 29))).toBe('too_old');
    expect(byNumber.ring.refusalOf(place(10, 30))).toBeUndefined();

    const byBytes = ringAt();
    for (let n = 1; n <= 40; n += 1) byBytes.ring.add('data', 20 + n, eventOf('ada', 'x'.repeat(10_000)));
    expect(byBytes.ring.usedBytes).toBeLessThanOrEqual(LIMITS.bytes);
    expect(byBytes.ring.size).toBeLessThan(10);

    const byAge = ringAt();
    byAge.ring.add('users', 11, eventOf('ada'));
    byAge.clock.now = 2_000;
    byAge.ring.prune();
    expect([byAge.ring.size, byAge.ring.usedBytes, byAge.evicted]).toEqual([0, 0, [11]]);
    expect(byAge.ring.refusalOf(place(10, 20))).toBe('too_old');
    expect(byAge.ring.refusalOf(place(11, 20))).toBeUndefined();
  });

  it('keeps the newest event of each quota alone, so that a busy user pushes out nothing of others', () => {
    const { ring, clock, evicted } = ringAt();
    const quota = (kind: 'tokens' | 'uploads'): LiveEvent => ({ userId: 'ada', kind, text: () => 'x' });
    ring.add('users', 11, eventOf('ada'));
    ring.add('data', 21, eventOf('bob'));
    for (let n = 22; n <= 5_021; n += 1) ring.add('data', n, quota(n % 2 === 0 ? 'tokens' : 'uploads'));
    expect([ring.size, evicted]).toEqual([4, []]);
    expect(sequences(ring, 'ada', place(10, 20))).toEqual(['users 11', 'data 5020', 'data 5021']);
    expect(sequences(ring, 'bob', place(10, 20))).toEqual(['data 21']);
    expect(ring.refusalOf(place(10, 20))).toBeUndefined();
    ring.begin('users', { epoch: 7, sequence: 1 });
    expect(sequences(ring, 'ada', place(1, 20))).toEqual(['data 5020', 'data 5021']);
    clock.now = 2_000;
    ring.prune();
    expect([ring.size, ring.usedBytes, evicted]).toEqual([0, 0, [21, 5_020, 5_021]]);
    expect(ring.refusalOf(place(1, 5_020, [7, 2]))).toBe('too_old');
    expect(ring.refusalOf(place(1, 5_021, [7, 2]))).toBeUndefined();
  });

  it('keeps the events of one stream when the other begins anew', () => {
    const { ring } = ringAt();
    ring.add('users', 11, eventOf('ada'));
    ring.add('data', 21, eventOf('ada'));
    ring.begin('data', { epoch: 9, sequence: 3 });
    expect(sequences(ring, 'ada', place(10, 3, [1, 9]))).toEqual(['users 11']);
    // A client that continues with it must not skip the sequences of the new stream.
    expect(ring.after('ada', place(10, 3, [1, 9]))[0]?.position.data).toEqual({ epoch: 9, sequence: 0 });
    expect(ring.refusalOf(place(10, 21))).toBe('unknown');
    expect(ring.refusalOf(place(10, 3, [1, 9]))).toBeUndefined();
  });

  it('continues after each accepted position with every later event of the user, whatever was forgotten', () => {
    const arrival = fc.record({
      source: fc.constantFrom<Source>('users', 'data'),
      step: fc.integer({ min: 1, max: 3 }),
      user: fc.constantFrom('ada', 'bob'),
      passedMs: fc.integer({ min: 0, max: 200 }),
    });
    fc.assert(
      fc.property(fc.array(arrival, { maxLength: 150 }), fc.nat(150), fc.nat(150), (arrivals, users, data) => {
        const { ring, clock } = ringAt();
        const last = { users: 10, data: 20 };
        const all: { readonly name: string; readonly source: Source; readonly sequence: number }[] = [];
        for (const { source, step, user, passedMs } of arrivals) {
          clock.now += passedMs;
          last[source] += step;
          ring.add(source, last[source], eventOf(user));
          if (user === 'ada') all.push({ name: `${source} ${last[source]}`, source, sequence: last[source] });
        }
        const position = place(10 + users, 20 + data);
        if (ring.refusalOf(position) !== undefined) return;
        const expected = all.filter(({ source, sequence }) => sequence > position[source].sequence);
        expect(sequences(ring, 'ada', position)).toEqual(expected.map(({ name }) => name));
      }),
    );
  });
});

describe('the id of an event', () => {
  it('names a position, and nothing else is one', () => {
    const number = fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER });
    const any = fc.record({ epoch: number, sequence: number });
    fc.assert(
      fc.property(fc.record({ users: any, data: any }), (position) => {
        expect(positionOf(idOf(position))).toEqual(position);
      }),
    );
    for (const id of [
      '',
      '1',
      '1.2',
      '1.2-3',
      '1.2-3.4-',
      '-1.2-3.4',
      'A.1-1.1',
      '1.2-3.4\n',
      `${'z'.repeat(12)}.1-1.1`,
    ]) {
      expect([id, positionOf(id)]).toEqual([id, undefined]);
    }
  });
});
