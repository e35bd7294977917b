import { KnownVersions } from './known-versions';

it('only a higher version of a resource is newer', () => {
  const known = new KnownVersions();
  const asked = [
    ['item', 'a', 2],
    ['item', 'a', 1],
    ['item', 'a', 2],
    ['template', 'a', 1],
    ['item', 'a', 3],
  ] as const;
  expect(asked.map(([kind, id, version]) => known.advance(kind, id, version))).toEqual([
    true,
    false,
    false,
    true,
    true,
  ]);
  known.clear();
  expect(known.advance('item', 'a', 1)).toBe(true);
});

it('remembers a bounded number of resources, the latest ones', () => {
  const known = new KnownVersions(2);
  for (const [id, version] of [
    ['a', 1],
    ['b', 1],
    ['a', 2],
    ['c', 1],
  ] as const)
    known.advance('item', id, version);
  expect(known.advance('item', 'a', 2)).toBe(false);
  expect(known.advance('item', 'b', 1)).toBe(true);
});
