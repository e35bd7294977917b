import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { clerkUserSchema } from '@gatehouse/contracts';
import { lockoutAt } from './lockout';
import { mapClerkUser } from './map-clerk-user';

const payload = (name: string): Record<string, unknown> => {
  const json = JSON.parse(readFileSync(join(__dirname, '../../fixtures/clerk', `${name}.json`), 'utf8')) as {
    data?: Record<string, unknown>;
  } & Record<string, unknown>;
  return json.data ?? json;
};

const created = payload('user.created');
const OBSERVED_AT = 1_790_000_000_100;
const map = (changes: Record<string, unknown> = {}, base = created) =>
  mapClerkUser(clerkUserSchema.parse({ ...base, ...changes }), OBSERVED_AT);

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
        clerkDeprovisioned: false,
      },
      contentHash: expect.stringMatching(/^2:[0-9a-f]{64}$/),
      observedAt: OBSERVED_AT,
      lockout: { locked: false, expiresAt: null },
      addressNote: null,
      publicMetadata: {},
      activity: { lastLoginAt: null, lastLogoutAt: null, lastActiveAt: 1_789_999_999_999 },
    });
  });

  it('is the same from a webhook and from the Backend API', () => {
    const [event, answer] = [map({}, payload('user.updated')), map({}, payload('bapi.user'))];
    expect(answer.contentHash).toBe(event.contentHash);
  });

  it('is mapped without addresses and names when it has none', () => {
    expect(map({}, payload('user.created.phone-only')).columns).toMatchObject({
      email: null,
      emailVerified: false,
      firstName: null,
      lastName: null,
    });
  });

  it.each([
    [
      'an unverified e-mail address',
      { email_addresses: email({ verification: { status: 'unverified' } }) },
      { emailVerified: false },
    ],
    [
      'an e-mail address without verification',
      { email_addresses: email({ verification: null }) },
      { emailVerified: false },
    ],
    ['a reserved phone', { phone_numbers: phone({ reserved: true }) }, { phoneVerified: false }],
    ['empty names', { first_name: '', last_name: '' }, { firstName: null, lastName: null }],
    ['an image URL that is too long', { image_url: `https://x/${'a'.repeat(3_000)}` }, { profileImageUrl: null }],
    ['a ban', { banned: true }, { clerkBanned: true, clerkDeprovisioned: false }],
    ['a deprovisioning', { deprovisioned: true }, { clerkBanned: false, clerkDeprovisioned: true }],
    [
      'null instead of its lists',
      { email_addresses: null, phone_numbers: null },
      { email: null, emailVerified: false, phoneNumber: null, phoneVerified: false },
    ],
    [
      'null entries in its lists',
      { email_addresses: [null], phone_numbers: [null] },
      { email: null, phoneNumber: null },
    ],
    [
      'an address in mixed case',
      { email_addresses: email({ email_address: 'Ada@Example.COM' }) },
      { email: 'Ada@Example.COM' },
    ],
  ])('is mapped with %s', (_, changes, columns) => {
    expect(map(changes).columns).toMatchObject(columns);
  });

  it('has another hash for other content, and the same hash for columns that Clerk does not own', () => {
    const { contentHash } = map();
    expect(map({ first_name: 'Grace' }).contentHash).not.toBe(contentHash);
    expect(map({ banned: true }).contentHash).not.toBe(contentHash);
    expect(map({ deprovisioned: true }).contentHash).not.toBe(contentHash);
    const lockout = { locked: true, lockout_expires_in_seconds: 3, verification_attempts_remaining: 0 };
    expect(map(lockout).contentHash).toBe(contentHash);
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

describe('the address that is stored', () => {
  const old = { id: 'idn_old', email_address: 'old@example.com', created_at: 1, verification: { status: 'verified' } };
  const recent = { ...old, id: 'idn_recent', email_address: 'recent@example.com', created_at: 2 };
  const unproved = { ...old, id: 'idn_unproved', email_address: 'unproved@example.com', verification: null };
  const chosen = (primary: string | null, list: unknown[]) => {
    const { columns, addressNote } = map({ primary_email_address_id: primary, email_addresses: list });
    return [columns.email, columns.emailVerified, addressNote];
  };

  it('is the primary one, verified or not', () => {
    expect(chosen('idn_recent', [old, recent])).toEqual(['recent@example.com', true, null]);
    expect(chosen('idn_unproved', [old, unproved])).toEqual(['unproved@example.com', false, null]);
  });

  it('is the oldest verified one when there is no primary, in every order of the list', () => {
    const note = 'it has no primary e-mail address: the oldest verified one is stored';
    expect(chosen(null, [unproved, recent, old])).toEqual(['old@example.com', true, note]);
    expect(chosen(null, [old, recent])).toEqual(['old@example.com', true, note]);
    const undated = [recent, old].map((each) => ({ ...each, created_at: null }));
    expect(chosen(null, undated)).toEqual(['old@example.com', true, note]);
  });

  it('is the oldest verified one when the primary is not in the list', () => {
    const note = 'its primary e-mail address is not in the list: the oldest verified one is stored';
    expect(chosen('idn_gone', [recent, old])).toEqual(['old@example.com', true, note]);
  });

  it('is none when no address is primary or verified', () => {
    const note = 'it has no primary e-mail address and no verified one: none is stored';
    expect(chosen(null, [unproved])).toEqual([null, false, note]);
    expect(chosen('idn_gone', [])).toEqual([null, false, null]);
  });

  it('follows the same rule for phone numbers, where a reserved one is not verified', () => {
    const [number] = created.phone_numbers as Record<string, unknown>[];
    const reserved = { ...number, id: 'idn_reserved', phone_number: '+12015550111', reserved: true, created_at: 1 };
    const phones = { primary_phone_number_id: null, phone_numbers: [reserved, number] };
    expect(map(phones).columns).toMatchObject({ phoneNumber: '+12015550100', phoneVerified: true });
    expect(map({ ...phones, phone_numbers: [reserved] })).toMatchObject({
      columns: { phoneNumber: null, phoneVerified: false },
      addressNote: 'it has no primary phone number and no verified one: none is stored',
    });
  });
});

describe('a lockout', () => {
  it('ends the given seconds after Clerk sent it', () => {
    expect(map({ locked: true, lockout_expires_in_seconds: 3 }).lockout).toEqual({
      locked: true,
      expiresAt: OBSERVED_AT + 3_000,
    });
  });

  it('has no end when Clerk sends none or the user is not locked', () => {
    expect(map({ locked: true, lockout_expires_in_seconds: null }).lockout).toEqual({ locked: true, expiresAt: null });
    expect(map({ locked: false, lockout_expires_in_seconds: 3 }).lockout).toEqual({ locked: false, expiresAt: null });
  });

  it('ends at its expiry', () => {
    const { lockout } = map({ locked: true, lockout_expires_in_seconds: 3 });
    expect(lockoutAt(lockout, OBSERVED_AT + 2_999)).toEqual(lockout);
    expect(lockoutAt(lockout, OBSERVED_AT + 3_000)).toEqual({ locked: false, expiresAt: null });
  });
});
