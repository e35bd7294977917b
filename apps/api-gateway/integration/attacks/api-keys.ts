import { randomUUID } from 'node:crypto';
import { mintApiKey } from '@gatehouse/auth';
import { bearer, withKey, json, target, type AttackTable } from './attack';

const changed = (change: (key: string) => string) => () => withKey(change(target().key()));

/** Request with the API key of an admin that has all scopes. */
const asAdmin = (path: string, body: unknown, method = 'POST') =>
  withKey(target().key({ role: 'admin' }), json(body, { method, path }));

export const apiKeys: AttackTable = {
  title: 'an API key is rejected',
  cases: [
    [
      'that was never created',
      401,
      'api_key_unknown',
      async () => {
        return withKey(mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill(7) }));
      },
    ],
    ['revoked', 401, 'api_key_revoked', () => withKey(target().key({ state: 'revoked' }))],
    ['revoked, as Bearer', 401, 'api_key_revoked', () => bearer(target().key({ state: 'revoked' }))],
    ['expired by its state', 401, 'api_key_expired', () => withKey(target().key({ state: 'expired' }))],
    ['expired by the clock', 401, 'api_key_expired', () => withKey(target().key({ expiresAt: Date.now() - 1 }))],
    [
      'rotated, its grace over',
      401,
      'api_key_expired',
      () => withKey(target().key({ state: 'rotated', expiresAt: Date.now() - 1 })),
    ],
    [
      'with one character changed',
      401,
      'api_key_checksum_invalid',
      changed((key) => key.replace(/.(?=_\w{6}$)/, (last) => (last === 'a' ? 'b' : 'a'))),
    ],
    ['with another checksum', 401, 'api_key_checksum_invalid', changed((key) => `${key.slice(0, -6)}000000`)],
    ['of another environment', 401, 'api_key_checksum_invalid', changed((key) => key.replace('prod', 'dev'))],
    ['without checksum', 401, 'api_key_malformed', changed((key) => key.slice(0, -7))],
    ['in capitals', 401, 'credential_unknown', changed((key) => key.toUpperCase())],
    ['with an extra character', 401, 'api_key_malformed', changed((key) => `${key}x`)],
    ['of an unknown environment', 401, 'api_key_malformed', changed((key) => key.replace('prod', 'qa'))],
    ["Clerk's test secret", 401, 'credential_is_clerk_secret', () => withKey('sk_test_51H8aBcDeFgHiJ')],
    ["Clerk's live secret, as Bearer", 401, 'credential_is_clerk_secret', () => bearer('sk_live_51H8aBcDeFgHiJ')],
    ["Clerk's API key, as Bearer", 401, 'credential_is_clerk_api_key', () => bearer('ak_51H8aBcDeFgHiJ')],
    ["Clerk's API key", 401, 'credential_is_clerk_api_key', () => withKey('ak_51H8aBcDeFgHiJ')],
    ["Clerk's machine token, as Bearer", 401, 'credential_is_clerk_machine_token', () => bearer('mt_51H8aBcDeFg')],
    ["Clerk's machine token", 401, 'credential_is_clerk_machine_token', () => withKey('mt_51H8aBcDeFgHiJ')],
    ["Clerk's OAuth token, as Bearer", 401, 'credential_is_clerk_oauth_token', () => bearer('oat_51H8aBcDeFgHi')],
    ["Clerk's OAuth token", 401, 'credential_is_clerk_oauth_token', () => withKey('oat_51H8aBcDeFgHiJ')],
    ["Clerk's publishable key", 401, 'credential_is_publishable_key', () => bearer('pk_test_Y2xlcmsuZXhhbXBsZQ')],
    ['a webhook signing secret', 401, 'credential_is_webhook_secret', () => withKey('whsec_51H8aBcDeFgHiJ')],
    ['the id of a session', 401, 'credential_is_identifier', () => bearer('sess_2abcdefghijklmnopq')],
    ['the id of a user, as Bearer', 401, 'credential_is_identifier', () => bearer('user_2abcdefghijklmnopq')],
    ['SQL', 401, 'api_key_malformed', () => withKey("sk_prod_'OR'1'='1")],
    ['of 10 000 characters', 401, 'api_key_malformed', () => withKey(`sk_prod_${'a'.repeat(10_000)}`)],
    ['of a deactivated user', 403, 'account_inactive', () => withKey(target().key({ isActive: false }))],
    ['with insufficient scopes', 403, 'scope_insufficient', () => withKey(target().key({ scopes: ['tokens:read'] }))],
    [
      'with a read scope on a write route',
      403,
      'scope_insufficient',
      () => withKey(target().key({ scopes: ['profile:read'] }), json({ city: 'Pune' }, { method: 'PATCH' })),
    ],
    [
      'whose scope is only a prefix',
      403,
      'scope_insufficient',
      () => withKey(target().key({ scopes: ['pro:read', 'profile:re'] })),
    ],
    ['without any scope', 403, 'scope_insufficient', () => withKey(target().key({ scopes: [] }))],
    [
      'of a user on an admin route, with all scopes',
      403,
      'role_insufficient',
      () => withKey(target().key(), { path: '/admin/users' }),
    ],
    [
      'of an admin without the scope',
      403,
      'scope_insufficient',
      () => withKey(target().key({ role: 'admin', scopes: ['profile:*'] }), { path: '/admin/users' }),
    ],
    [
      'that creates another key',
      403,
      'session_needed',
      () => withKey(target().key(), json({ name: 'x', scopes: ['*:*'] }, { method: 'POST', path: '/api/keys' })),
    ],
    [
      'that rotates itself',
      403,
      'session_needed',
      () => withKey(target().key(), json({}, { method: 'POST', path: `/api/keys/${randomUUID()}/rotate` })),
    ],
    [
      'of an admin that creates a user',
      403,
      'session_needed',
      () => asAdmin('/admin/users', { email: 'eve@example.com', role: 'admin' }),
    ],
    [
      'of an admin that issues a password token',
      403,
      'session_needed',
      () => asAdmin(`/admin/users/${randomUUID()}/password-token`, {}),
    ],
    [
      'of an admin that grants the role admin',
      403,
      'session_needed',
      () => asAdmin(`/admin/users/${randomUUID()}/role`, { role: 'admin' }, 'PUT'),
    ],
  ],
};
