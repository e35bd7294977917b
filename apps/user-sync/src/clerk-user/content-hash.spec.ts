import { createHash } from 'node:crypto';
import { type ClerkOwned, clerkOwnedColumns, contentVersion } from '@gatehouse/lifecycle';
import { contentHashOf, holdsContent } from './content-hash';

const columns: ClerkOwned = {
  email: 'a@example.com',
  emailVerified: true,
  phoneNumber: null,
  phoneVerified: false,
  firstName: 'Ada',
  lastName: null,
  username: null,
  profileImageUrl: null,
  clerkBanned: false,
  clerkDeprovisioned: false,
};
const seen = (changes: Partial<ClerkOwned> = {}) => {
  const all = { ...columns, ...changes };
  return { columns: all, contentHash: contentHashOf(all) };
};

/** Hash of these columns as version 1 computed it. */
const version1 = (locked: boolean) =>
  createHash('sha256').update(`["a@example.com",true,null,false,"Ada",null,null,null,false,${locked}]`).digest('hex');
const row = (contentHash: string | null, clerkDeprovisioned = false) => ({ contentHash, clerkDeprovisioned });

describe('holdsContent', () => {
  it('compares hashes of the current version', () => {
    expect(contentHashOf(columns)).toMatch(/^2:[0-9a-f]{64}$/);
    expect(holdsContent(row(contentHashOf(columns)), seen())).toBe(true);
    expect(holdsContent(row(contentHashOf(columns)), seen({ firstName: 'Grace' }))).toBe(false);
    expect(holdsContent(row(contentHashOf(columns)), seen({ clerkDeprovisioned: true }))).toBe(false);
  });

  it.each([true, false])('recognizes the content of a hash of version 1 with locked %s', (locked) => {
    expect(holdsContent(row(version1(locked)), seen())).toBe(true);
    expect(holdsContent(row(version1(locked)), seen({ firstName: 'Grace' }))).toBe(false);
    expect(holdsContent(row(version1(locked)), seen({ clerkBanned: true }))).toBe(false);
  });

  it('compares columns that version 1 did not hash with the row', () => {
    expect(holdsContent(row(version1(false)), seen({ clerkDeprovisioned: true }))).toBe(false);
    expect(holdsContent(row(version1(false), true), seen())).toBe(false);
    expect(holdsContent(row(version1(false), true), seen({ clerkDeprovisioned: true }))).toBe(true);
  });

  it('recognizes the content of a row that the release before a new Clerk-owned column hashed', () => {
    const withLocale = { ...clerkOwnedColumns, locale: { since: contentVersion + 1 } };
    const next = (locale: string | null, changes: Partial<ClerkOwned> = {}) => ({
      columns: { ...columns, ...changes, locale },
      contentHash: `${contentVersion + 1}:${'0'.repeat(64)}`,
    });
    const stored = (hash: string, locale: string | null) => ({ ...row(hash), locale });
    const old = stored(contentHashOf(columns), null);
    expect(holdsContent(old, next(null), withLocale)).toBe(true);
    expect(holdsContent(old, next('fr'), withLocale)).toBe(false);
    expect(holdsContent(stored(contentHashOf(columns), 'fr'), next('fr'), withLocale)).toBe(true);
    expect(holdsContent(old, next(null, { firstName: 'Grace' }), withLocale)).toBe(false);
    expect(holdsContent(stored(version1(true), null), next(null), withLocale)).toBe(true);
    expect(holdsContent(stored(version1(true), null), next('fr'), withLocale)).toBe(false);
  });

  it('returns false for a row without a hash or with a hash of an unknown version', () => {
    expect(holdsContent(row(null), seen())).toBe(false);
    expect(holdsContent(row(`3:${'0'.repeat(64)}`), seen())).toBe(false);
  });
});
