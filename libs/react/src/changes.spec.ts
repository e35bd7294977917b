import { type Versioned, applyChange } from './changes';
import { type Edit, withEdits } from './edits';
import { OwnVersions } from './own-versions';

interface Note extends Versioned {
  readonly title: string;
  readonly done?: boolean;
}

const note = (id: string, version = 1, title = id): Note => ({
  ...{ id, version, title },
  createdAt: `2026-01-0${id.charCodeAt(0) - 96}T00:00:00.000Z`,
});
const change = (entry: Note) => ({ id: entry.id, version: entry.version, data: entry });
const shown = (entries: readonly Note[]) => entries.map(({ id, version }) => `${id}${version}`).join(' ');

describe('a list', () => {
  const list = [note('c'), note('b', 3), note('a')];

  it.each([
    ['takes a newer version in its place', change(note('b', 4)), 'c1 b4 a1'],
    ['keeps the version that it has', change(note('b', 3, 'other')), 'c1 b3 a1'],
    ['never goes back to an older version', change(note('b', 2)), 'c1 b3 a1'],
    ['takes a new entry where its age belongs', change(note('d')), 'd1 c1 b3 a1'],
    ['drops what is deleted', { id: 'b', version: 4, data: null }, 'c1 a1'],
    ['keeps what was made again after its deletion', { id: 'b', version: 2, data: null }, 'c1 b3 a1'],
    ['ignores the deletion of what it does not have', { id: 'z', version: 1, data: null }, 'c1 b3 a1'],
  ])('%s', (_, made, expected) => {
    expect(shown(applyChange(list, made))).toBe(expected);
  });
});

describe('edits that are not confirmed', () => {
  const list = [note('b'), note('a')];
  const known = new Set(['a', 'b']);
  const edits: Edit<Note>[] = [
    { type: 'create', entry: { ...note('draft'), version: 0 }, draft: { title: 'draft' }, known },
    { type: 'update', entry: note('a'), patch: { title: 'one' } },
    { type: 'update', entry: note('a'), patch: { done: true } },
    { type: 'remove', entry: note('b') },
  ];

  it('are shown in their order, and marked', () => {
    expect(withEdits(list, edits)).toMatchObject([
      { id: 'draft', isSaving: true },
      { id: 'a', title: 'one', done: true, isSaving: true },
    ]);
    expect(list.map(({ title }) => title)).toEqual(['b', 'a']);
  });

  it('leave what the gateway has when they fail', () => {
    expect(withEdits(list, [])).toEqual(list.map((entry) => ({ ...entry, isSaving: false })));
  });

  it('are not shown twice when the list has what came of them', () => {
    const [create, ...rest] = edits as [Edit<Note>, ...Edit<Note>[]];
    const made = note('c', 1, 'draft');
    expect(shown(withEdits([made, ...list], [create]))).toBe('c1 b1 a1');
    expect(shown(withEdits([note('c', 1, 'other'), ...list], [create]))).toBe('draft0 c1 b1 a1');
    for (const edit of [create, ...rest]) edit.isSettled = true;
    expect(shown(withEdits(list, edits))).toBe('b1 a1');
  });
});

it('an edit names the version after the earlier edits of the page, not after those of others', () => {
  const versions = new OwnVersions();
  versions.replaced('a', 3, 4);
  versions.replaced('a', 4, 5);
  versions.replaced('a', 7, 8);
  expect([3, 4, 5, 6, 7].map((seen) => versions.latest('a', seen))).toEqual([5, 5, 5, 6, 8]);
  expect(versions.latest('b', 3)).toBe(3);
});
