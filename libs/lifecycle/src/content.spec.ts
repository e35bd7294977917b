import { type ClerkOwned, canonicalContent, displayName, version1Contents } from './content';

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

describe('canonical content', () => {
  it('is the same whatever the order of the fields', () => {
    const reversed = Object.fromEntries(Object.entries(columns).reverse()) as Partial<ClerkOwned> as ClerkOwned;
    expect(canonicalContent(reversed)).toBe(canonicalContent(columns));
  });

  it('is another one when any of the columns differs', () => {
    const texts = Object.entries(columns).map(([name, value]) =>
      canonicalContent({ ...columns, [name]: typeof value === 'boolean' ? !value : null }),
    );
    expect(new Set([canonicalContent(columns), ...texts]).size).toBe(Object.keys(columns).length + 1);
  });

  it('does not confuse a missing value with an empty one, nor one column with its neighbour', () => {
    const base = { ...columns, firstName: 'a', lastName: null };
    expect(canonicalContent(base)).not.toBe(canonicalContent({ ...base, lastName: '' }));
    expect(canonicalContent(base)).not.toBe(canonicalContent({ ...base, firstName: null, lastName: 'a' }));
  });
});

describe('the content of version 1', () => {
  it('is either of two texts, because a lockout is no longer content', () => {
    const text = (locked: boolean) =>
      `["a@example.com",true,"+12015550100",true,"Ada","Example","ada","https://img.example.com/a",false,${locked}]`;
    expect(version1Contents(columns)).toEqual([text(false), text(true)]);
  });
});

describe('a display name', () => {
  it.each([
    ['Ada', 'Example', 'ada', 'Ada Example'],
    ['Ada', null, 'ada', 'Ada'],
    [null, 'Example', 'ada', 'Example'],
    [null, null, 'ada', 'ada'],
    [null, null, null, 'User'],
    ['  ', '', ' ', 'User'],
    [' Ada ', ' Example ', null, 'Ada Example'],
  ])('of %j, %j, %j is %j', (firstName, lastName, username, name) => {
    expect(displayName({ firstName, lastName, username })).toBe(name);
  });
});
