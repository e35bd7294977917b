import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clerkUserSchema } from '@gatehouse/contracts';
import { mapClerkUser } from './map-clerk-user';
import { isStorable, storableText } from './storable-text';

const payload = (name: string): Record<string, unknown> => {
  const json = JSON.parse(readFileSync(join(__dirname, '../../fixtures/clerk', `${name}.json`), 'utf8')) as {
    data?: Record<string, unknown>;
  } & Record<string, unknown>;
  return json.data ?? json;
};

const created = payload('user.created');
const map = (changes: Record<string, unknown> = {}, base = created) =>
  mapClerkUser(clerkUserSchema.parse({ ...base, ...changes }));

const email = (changes: object) => [{ ...(created.email_addresses as object[])[0], ...changes }];
const phone = (changes: object) => [{ ...(created.phone_numbers as object[])[0], ...changes }];

describe('a Clerk user', () => {
  it('is mapped to the columns that Clerk owns', () => {
    expect(map()).toEqual({
      clerkUserId: 'user_3AbCdEfGhIjKlMnOpQrStUvWxY1',
      version: 1_790_000_000_018,
      columns: {
        email: 'ada+clerk_test@example.com',
        emailVerified: true,
        phoneNumber: '+12015550100',
        phoneVerified: true,
        firstName: 'Ada',
        lastName: 'Example',
        username: null,
        profileImageUrl: 'https://img.clerk.com/eyJ0eXBlIjoiZGVmYXVsdCJ9',
        clerkBanned: false,
        clerkLocked: false,
      },
      contentHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      publicMetadata: {},
      activity: { lastLoginAt: null, lastLogoutAt: null, lastActiveAt: 1_789_999_999_999 },
    });
  });

  it('is the same from a webhook and from the Backend API', () => {
    const [event, answer] = [map({}, payload('user.updated')), map({}, payload('bapi.user'))];
    expect(answer.contentHash).toBe(event.contentHash);
  });

  it('without addresses and names has none', () => {
    expect(map({}, payload('user.created.phone-only')).columns).toMatchObject({
      email: null,
      emailVerified: false,
      firstName: null,
      lastName: null,
    });
  });

  it.each([
    [
      'an unverified e-mail',
      { email_addresses: email({ verification: { status: 'unverified' } }) },
      { emailVerified: false },
    ],
    ['an e-mail never tried', { email_addresses: email({ verification: null }) }, { emailVerified: false }],
    ['a reserved phone', { phone_numbers: phone({ reserved: true }) }, { phoneVerified: false }],
    [
      'a primary e-mail that is not there',
      { primary_email_address_id: 'idn_x' },
      { email: null, emailVerified: false },
    ],
    ['no primary phone', { primary_phone_number_id: null }, { phoneNumber: null, phoneVerified: false }],
    ['empty names', { first_name: '', last_name: '' }, { firstName: null, lastName: null }],
    ['an endless image address', { image_url: `https://x/${'a'.repeat(3_000)}` }, { profileImageUrl: null }],
    ['a ban and a lock', { banned: true, locked: true }, { clerkBanned: true, clerkLocked: true }],
    [
      'its address as given',
      { email_addresses: email({ email_address: 'Ada@Example.COM' }) },
      { email: 'Ada@Example.COM' },
    ],
  ])('with %s is mapped so', (_, changes, columns) => {
    expect(map(changes).columns).toMatchObject(columns);
  });

  it('has another hash for other content, and the same for whatever Clerk does not own here', () => {
    const { contentHash } = map();
    expect(map({ first_name: 'Grace' }).contentHash).not.toBe(contentHash);
    expect(map({ banned: true }).contentHash).not.toBe(contentHash);
    const same = { updated_at: 1, public_metadata: { a: 1 }, last_sign_in_at: 5, two_factor_enabled: true };
    expect(map(same).contentHash).toBe(contentHash);
  });

  it.each([{ public_metadata: null }, { unsafe_metadata: { role: 'admin' } }, { private_metadata: { role: 'admin' } }])(
    'with %j brings no public metadata',
    (changes) => {
      expect(map(changes).publicMetadata).toEqual({});
    },
  );
});

describe('storable text', () => {
  it('replaces NUL and lone surrogates, and leaves pairs whole', () => {
    expect(storableText('a\u0000b\ud800c\udc00', 99)).toBe('a\uFFFDb\uFFFDc\uFFFD');
    expect(storableText('😀', 9)).toBe('😀');
    expect(isStorable('😀')).toBe(true);
    expect(isStorable('\ud83d')).toBe(false);
  });

  it('is cut between characters, never within one', () => {
    expect(storableText('😀'.repeat(10), 4)).toBe('😀'.repeat(4));
    expect(storableText(`a${'😀'.repeat(10)}`, 4)).toBe('a😀😀😀');
  });
});
