import { type ClerkOwned, barringFields, clerkOwnedColumns, fieldsSinceVersion1 } from './clerk-owned-columns';
import { canonicalContent, contentVersion, contentsOfVersion, fieldsAfterVersion } from './content';

const columns: ClerkOwned = {
  email: 'a@example.com',
  emailVerified: true,
  phoneNumber: '+12015550100',
  phoneVerified: true,
  firstName: 'Ada',
  lastName: 'Example',
  username: 'ada',
  profileImageUrl: 'https://img.example.com/a',
  clerkBanned: false,
  clerkDeprovisioned: false,
};

describe('the list of Clerk-owned columns', () => {
  it('does not compile with code that leaves out a column', () => {
    const { clerkDeprovisioned: _, ...rest } = columns;
    // @ts-expect-error A forgotten column.
    const forgotten: ClerkOwned = rest;
    // @ts-expect-error A boolean is never NULL.
    const mistyped: ClerkOwned = { ...columns, clerkBanned: null };
    expect([forgotten, mistyped]).toHaveLength(2);
  });

  it('names the columns that stop a user from acting', () => {
    expect(barringFields).toEqual(['clerkBanned', 'clerkDeprovisioned']);
  });

  it('lists columns of later versions last', () => {
    const versions = Object.values(clerkOwnedColumns).map(({ since }) => since);
    expect(versions).toEqual([...versions].sort());
    expect(versions.at(-1)).toBe(contentVersion);
    expect(fieldsSinceVersion1).toEqual(['clerkDeprovisioned']);
  });
});

describe('the canonical content', () => {
  it('does not depend on the order of the fields', () => {
    const reversed = Object.fromEntries(Object.entries(columns).reverse()) as Partial<ClerkOwned> as ClerkOwned;
    expect(canonicalContent(reversed)).toBe(canonicalContent(columns));
  });

  it('differs when any one column differs', () => {
    const texts = Object.entries(columns).map(([name, value]) =>
      canonicalContent({ ...columns, [name]: typeof value === 'boolean' ? !value : null }),
    );
    expect(new Set([canonicalContent(columns), ...texts]).size).toBe(Object.keys(columns).length + 1);
  });

  it('distinguishes a missing value from an empty one, and a column from the next one', () => {
    const base = { ...columns, firstName: 'a', lastName: null };
    expect(canonicalContent(base)).not.toBe(canonicalContent({ ...base, lastName: '' }));
    expect(canonicalContent(base)).not.toBe(canonicalContent({ ...base, firstName: null, lastName: 'a' }));
  });
});

describe('the content of an earlier version', () => {
  const later = { ...clerkOwnedColumns, locale: { since: contentVersion + 1 } };

  it('covers the columns of that version, and no column that was added later', () => {
    expect(contentsOfVersion(contentVersion, columns)).toEqual([canonicalContent(columns)]);
    expect(contentsOfVersion(contentVersion, { ...columns, locale: 'fr' }, later)).toEqual([canonicalContent(columns)]);
    expect(fieldsAfterVersion(contentVersion, later)).toEqual(['locale']);
    expect(fieldsAfterVersion(1, later)).toEqual(['clerkDeprovisioned', 'locale']);
  });

  it('is unknown for a version of a newer release', () => {
    expect(contentsOfVersion(contentVersion + 1, columns)).toEqual([]);
    expect(contentsOfVersion(Number.NaN, columns)).toEqual([]);
  });

  it('of version 1 has a text for a locked user and one for an unlocked user, because a lockout is no longer content', () => {
    const text = (locked: boolean) =>
      `["a@example.com",true,"+12015550100",true,"Ada","Example","ada","https://img.example.com/a",false,${locked}]`;
    expect(contentsOfVersion(1, columns)).toEqual([text(false), text(true)]);
  });
});
