import { randomUUID } from 'node:crypto';
import { CLERK_USER } from '../support/attacked-gateway';
import { mint } from '../support/clerk-tokens';
import { type RawRequest } from '../support/raw-request';
import { bearer, json, target, type AttackTable } from './attack';

/** Request of a user who is not an admin. */
export const asAda = async (request: RawRequest) => bearer(await mint(target().pair, CLERK_USER), request);
const patch = (body: unknown) => () => asAda(json(body, { method: 'PATCH' }));
/** Exchange of the user's token with this body. */
export const exchange =
  (body: unknown, user = CLERK_USER) =>
  async () =>
    bearer(
      await mint(target().pair, user, { claims: { jti: randomUUID() } }),
      json(body, { method: 'POST', path: '/auth/verify-clerk-token' }),
    );

export const identities: AttackTable = {
  title: 'a role or identity that the client claims is rejected',
  cases: [
    [
      'role in the token',
      403,
      'role_insufficient',
      async () =>
        bearer(await mint(target().pair, CLERK_USER, { claims: { role: 'admin' } }), { path: '/admin/users' }),
    ],
    [
      'role in metadata',
      403,
      'role_insufficient',
      async () =>
        bearer(await mint(target().pair, CLERK_USER, { claims: { metadata: { role: 'admin' } } }), {
          path: '/admin/users',
        }),
    ],
    [
      'role in unsafe_metadata',
      403,
      'role_insufficient',
      async () =>
        bearer(await mint(target().pair, CLERK_USER, { claims: { unsafe_metadata: { role: 'admin' } } }), {
          path: '/admin/audit',
        }),
    ],
    [
      'role in metadata, to decide a metadata collision',
      403,
      'role_insufficient',
      async () => {
        const token = await mint(target().pair, CLERK_USER, { claims: { metadata: { role: 'admin' } } });
        return bearer(token, { method: 'POST', path: '/admin/metadata-collisions/1/take' });
      },
    ],
    [
      'role in metadata, to decide all metadata collisions',
      403,
      'role_insufficient',
      async () => {
        const token = await mint(target().pair, CLERK_USER, { claims: { metadata: { role: 'admin' } } });
        const body = { filter: { key: 'role' } };
        return bearer(token, json(body, { method: 'POST', path: '/admin/metadata-collisions/take' }));
      },
    ],
    [
      'role in a header',
      403,
      'role_insufficient',
      () =>
        asAda({
          path: '/admin/users',
          headers: [
            ['X-Role', 'admin'],
            ['X-User-Role', 'admin'],
          ],
        }),
    ],
    [
      'another method by header',
      403,
      'role_insufficient',
      () => asAda({ path: '/admin/users', headers: [['X-HTTP-Method-Override', 'DELETE']] }),
    ],
    ['id in the body', 400, 'invalid_request', patch({ id: randomUUID() })],
    ['role in the body', 400, 'invalid_request', patch({ role: 'admin' })],
    ['Clerk id in the body', 400, 'invalid_request', patch({ clerkUserId: 'user_admin' })],
    ['tier in the body', 400, 'invalid_request', patch({ subscription: 'enterprise' })],
    ['activity in the body', 400, 'invalid_request', patch({ isActive: true })],
    ['a prototype in the body', 400, 'invalid_request', patch('{"__proto__":{"role":"admin"}}')],
    ['a constructor in the body', 400, 'invalid_request', patch('{"constructor":{"prototype":{"role":"admin"}}}')],
    ["another user's phone number in an exchange", 403, 'identity_mismatch', exchange({ phoneNumber: '+12015550199' })],
    ["another user's Clerk id in an exchange", 403, 'identity_mismatch', exchange({ clerkUserId: 'user_admin' })],
    ['a role in an exchange', 400, 'invalid_request', exchange({ role: 'admin' })],
    ['an unverified phone number', 403, 'phone_unverified', exchange({}, 'user_nophone')],
    ['an ended session', 401, 'session_ended', exchange({}, 'user_signedout')],
    [
      'an exchange without a token',
      401,
      'credential_missing',
      () => ({ request: json({ clerkUserId: CLERK_USER }, { method: 'POST', path: '/auth/verify-clerk-token' }) }),
    ],
    [
      "another user's key, revoked",
      404,
      'not_found',
      () => asAda({ method: 'DELETE', path: `/api/keys/${randomUUID()}` }),
    ],
    [
      "another user's key, rotated",
      404,
      'not_found',
      () => asAda(json({}, { method: 'POST', path: `/api/keys/${randomUUID()}/rotate` })),
    ],
    ["another user's keys, listed", 400, 'invalid_request', () => asAda({ path: `/api/keys?userId=${randomUUID()}` })],
    ["all users' keys, listed", 400, 'invalid_request', () => asAda({ path: '/api/keys?all=true' })],
    ['a user shown to a user', 403, 'role_insufficient', () => asAda({ path: `/admin/users/${randomUUID()}` })],
    [
      'a role given by a user',
      403,
      'role_insufficient',
      () => asAda(json({ role: 'admin' }, { method: 'PUT', path: `/admin/users/${randomUUID()}/role` })),
    ],
    [
      'a tier given by a user',
      403,
      'role_insufficient',
      () => asAda(json({ tier: 'pro' }, { method: 'PUT', path: `/admin/users/${randomUUID()}/tier` })),
    ],
    [
      'a user created by a user',
      403,
      'role_insufficient',
      () => asAda(json({ email: 'a@b.example' }, { method: 'POST', path: '/admin/users' })),
    ],
    [
      'a user deactivated by a user',
      403,
      'role_insufficient',
      () => asAda({ method: 'POST', path: `/admin/users/${randomUUID()}/deactivate` }),
    ],
    [
      'a user synced with Clerk by a user',
      403,
      'role_insufficient',
      () => asAda({ method: 'POST', path: `/admin/users/${randomUUID()}/sync` }),
    ],
    ['keys of all, listed by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/keys' })],
    ['the audit log, read by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/audit' })],
    ['the explanation, read by a user', 403, 'role_insufficient', () => asAda({ path: '/auth/explain' })],
    ['webhook events, read by a user', 403, 'role_insufficient', () => asAda({ path: '/admin/webhook-events' })],
  ],
};
