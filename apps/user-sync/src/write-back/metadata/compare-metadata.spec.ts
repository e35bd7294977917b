import { compareMetadata, metadataPatch, wantedValues, withConfirmed, withEqual, withSent } from './compare-metadata';

const wanted = wantedValues({ userId: 'us-1', role: 'developer' });
const nothing = { ours: {}, taken: new Map<string, string>() };
const now = new Date('2026-11-28T12:00:00Z');

const compare = (metadata: Record<string, unknown>, known: Partial<Parameters<typeof compareMetadata>[2]> = {}) => {
  const comparison = compareMetadata(metadata, wanted, { ...nothing, ...known });
  return [Object.fromEntries(comparison.write), comparison.foreign.map(({ key }) => key)];
};

describe('what may be written', () => {
  it.each([
    ['both keys that are absent', {}, { dbId: 'us-1', role: 'developer' }, []],
    ['a key that holds null', { dbId: null, role: 'developer' }, { dbId: 'us-1' }, []],
    ['nothing where both are equal', { dbId: 'us-1', role: 'developer' }, {}, []],
    ['the other key beside a foreign role', { role: 'moderator' }, { dbId: 'us-1' }, ['role']],
    ['nothing over a list', { dbId: 'us-1', role: ['developer'] }, {}, ['role']],
    ['nothing over other capitals', { dbId: 'us-1', role: 'Developer' }, {}, ['role']],
    ['nothing over a number', { dbId: 4711, role: 'developer' }, {}, ['dbId']],
    ['nothing over an object', { dbId: { role: 'developer' }, role: {} }, {}, ['dbId', 'role']],
    ['nothing over false, 0 and an empty text', { dbId: false, role: '' }, {}, ['dbId', 'role']],
    ['nothing over another role of ours that we did not write', { dbId: 'us-1', role: 'user' }, {}, ['role']],
  ])('is %s', (_, metadata, write, foreign) => {
    expect(compare(metadata)).toEqual([write, foreign]);
  });

  it('includes outdated values of ours, also those of unanswered requests', () => {
    const metadata = { dbId: 'us-1', role: 'user' };
    const sent = withSent({}, new Map([['role', 'user']]), now);
    for (const ours of [{ role: { written: 'user' } }, sent]) {
      expect(compare(metadata, { ours })).toEqual([{ role: 'developer' }, []]);
      expect(compare({ ...metadata, role: 'User' }, { ours })).toEqual([{}, ['role']]);
    }
  });

  it('includes a foreign value only while it is the one that an admin has taken', () => {
    const { foreign } = compareMetadata({ role: { b: 1, a: [2] } }, wanted, nothing);
    const taken = new Map(foreign.map(({ key, digest }) => [key, digest]));
    expect(compare({ role: { a: [2], b: 1 } }, { taken })).toEqual([{ dbId: 'us-1', role: 'developer' }, ['role']]);
    expect(compare({ role: { a: [2, 2], b: 1 } }, { taken })).toEqual([{ dbId: 'us-1' }, ['role']]);
  });

  it('excludes all keys but the configured one, and that one too when it holds no object', () => {
    const key = 'gatehouse';
    const nested = wantedValues({ userId: 'us-1', role: 'user' }, key);
    const free = compareMetadata({ role: 'editor' }, nested, { ...nothing, key });
    expect(metadataPatch(free.write, key)).toEqual({ gatehouse: { dbId: 'us-1', role: 'user' } });
    for (const value of ['text', 1, ['a'], true]) {
      const taken = compareMetadata({ gatehouse: value }, nested, { ...nothing, key });
      expect([taken.write.size, taken.foreign.map((one) => one.key)]).toEqual([0, ['gatehouse']]);
    }
  });
});

describe('what is known to be ours', () => {
  it('after a check is what Clerk holds, without values that were replaced', () => {
    const ours = { dbId: { written: 'us-1' }, role: { written: 'user' } };
    expect(withConfirmed(ours, new Map([['dbId', 'us-1']]), now)).toEqual({ dbId: { written: 'us-1' } });
  });

  it('keeps an unanswered request for an hour after the next check', () => {
    const sent = withSent({ role: { written: 'user' } }, new Map([['role', 'admin']]), now);
    const confirmed = new Map([['role', 'developer']]);
    const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    expect(withConfirmed(sent, confirmed, later(59)).role?.sent).toEqual([{ value: 'admin', at: now.toISOString() }]);
    expect(withConfirmed(sent, confirmed, later(61))).toEqual({ role: { written: 'developer' } });
    expect(withConfirmed(sent, new Map([['role', 'admin']]), now)).toEqual({ role: { written: 'admin' } });
  });

  it('includes a value that Clerk holds, beside unanswered requests', () => {
    const ours = withEqual(withSent({}, new Map([['role', 'admin']]), now), new Map([['role', 'developer']]));
    expect(ours).toMatchObject({ role: { written: 'developer', sent: [{ value: 'admin' }] } });
  });

  it('lists each value once, however often it was sent', () => {
    let ours = {};
    for (const role of ['user', 'admin', 'user', 'user']) ours = withSent(ours, new Map([['role', role]]), now);
    expect(ours).toMatchObject({ role: { sent: [{ value: 'admin' }, { value: 'user' }] } });
  });
});
