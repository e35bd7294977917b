import { KnownVersions } from './known-versions';

const seen = { deleted: false, seen: true };
const unseen = { deleted: false, seen: false };

describe('known versions', () => {
  it('take a higher version of a key and no other', () => {
    const known = new KnownVersions();
    expect(known.isNews('a', 0)).toBe(true);
    known.set('a', 5, seen);
    expect([4, 5, 6].map((version) => known.isNews('a', version))).toEqual([false, false, true]);
    known.set('a', 2 ** 50, seen);
    expect([2 ** 50, 2 ** 50 + 1].map((version) => known.isNews('a', version))).toEqual([false, true]);
  });

  it('hold what is not deleted', () => {
    const known = new KnownVersions();
    known.set('a', 1, seen);
    known.set('b', 1, { deleted: true, seen: true });
    expect(['a', 'b', 'c'].map((key) => known.isHeld(key))).toEqual([true, false, false]);
  });

  it('know which keys were not seen in an epoch, also when several begin before all are seen', () => {
    const known = new KnownVersions();
    for (const key of ['a', 'b', 'c', 'd']) known.set(key, 1, seen);
    known.set('d', 2, { deleted: true, seen: true });
    expect(known.unseenCount).toBe(0);

    known.beginEpoch();
    known.see('a');
    known.set('b', 2, seen);
    expect([...known.unseenKeys({ deleted: false })]).toEqual(['c']);
    expect([...known.unseenKeys({ deleted: true })]).toEqual(['d']);

    known.beginEpoch();
    expect(known.unseenCount).toBe(4);
    for (const key of ['a', 'c', 'd']) known.see(key);
    expect([...known.unseenKeys({ deleted: false })]).toEqual(['b']);
    known.delete('b');
    expect(known.unseenCount).toBe(0);

    known.beginEpoch();
    expect([...known.unseenKeys({ deleted: false })]).toEqual(['a', 'c']);
  });

  it('do not make a seen key unseen when an older epoch brings a newer version', () => {
    const known = new KnownVersions();
    known.set('a', 1, seen);
    known.set('a', 2, unseen);
    expect(known.isSeen('a')).toBe(true);
  });

  it('forget versions, and keep which keys are deleted', () => {
    const known = new KnownVersions();
    known.set('a', 7, seen);
    known.set('b', 7, { deleted: true, seen: true });
    known.forgetVersions();
    expect(known.isNews('a', 0)).toBe(true);
    expect([known.isHeld('a'), known.isHeld('b')]).toEqual([true, false]);
    expect(known.unseenCount).toBe(0);
  });
});
