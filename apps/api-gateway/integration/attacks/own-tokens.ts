import { randomUUID } from 'node:crypto';
import { type AttackedGateway, CLERK_USER } from '../support/attacked-gateway';
import { ISSUER } from '../support/clerk-tokens';
import { now, bearer, target, type AttackTable } from './attack';

const legacy = (changes: Parameters<AttackedGateway['legacy']>[0]) => () => bearer(target().legacy(changes));

export const ownTokens: AttackTable = {
  title: 'a Gatehouse token is rejected',
  cases: [
    [
      'under another secret',
      401,
      'token_signature_invalid',
      legacy({ secret: 'another-secret-of-more-than-32-bytes' }),
    ],
    ['under another hash', 401, 'token_signature_invalid', legacy({ hash: 'sha512' })],
    ['of alg none', 401, 'token_alg_unsupported', legacy({ header: { alg: 'none' } })],
    ['of alg HS384', 401, 'token_alg_unsupported', legacy({ header: { alg: 'HS384' }, hash: 'sha384' })],
    ['of alg HS512', 401, 'token_alg_unsupported', legacy({ header: { alg: 'HS512' }, hash: 'sha512' })],
    ["in Clerk's name", 401, 'token_alg_unsupported', legacy({ claims: { iss: ISSUER } })],
    ['of an unknown issuer', 401, 'token_issuer_unknown', legacy({ claims: { iss: 'gatehouse' } })],
    ['of another type', 401, 'token_type_unsupported', legacy({ header: { typ: 'at+jwt' } })],
    ['with crit', 401, 'token_crit_unsupported', legacy({ header: { crit: ['exp'] } })],
    ['for another service', 401, 'token_audience_invalid', legacy({ claims: { aud: 'other' } })],
    ['for several services', 401, 'token_audience_invalid', legacy({ claims: { aud: ['gatehouse', 'other'] } })],
    ['without audience', 401, 'token_audience_invalid', legacy({ claims: { aud: undefined } })],
    ['expired', 401, 'token_expired', () => legacy({ claims: { exp: now() - 6 } })()],
    ['without exp', 401, 'token_claim_invalid', legacy({ claims: { exp: undefined } })],
    ['with exp as text', 401, 'token_claim_invalid', legacy({ claims: { exp: '9999999999' } })],
    ['not valid yet', 401, 'token_not_yet_valid', () => legacy({ claims: { nbf: now() + 60 } })()],
    ['without jti', 401, 'token_id_missing', legacy({ claims: { jti: undefined } })],
    ['of a Clerk user', 401, 'token_subject_invalid', legacy({ claims: { sub: CLERK_USER } })],
    ['without sub', 401, 'token_subject_invalid', legacy({ claims: { sub: undefined } })],
    ['with an invalid parent session', 401, 'token_claim_invalid', legacy({ claims: { sid: 'sess_*' } })],
    ['of a session that was closed', 401, 'token_revoked', legacy({ session: { closed: true } })],
    ['of an unknown session', 401, 'token_revoked', legacy({ session: { unknown: true } })],
    ["of another user's session", 401, 'token_revoked', legacy({ claims: { sub: randomUUID() } })],
    ['of a deactivated user', 403, 'account_inactive', legacy({ session: { holder: { isActive: false } } })],
    [
      'of a user on an admin route',
      403,
      'role_insufficient',
      () => bearer(target().legacy({ claims: { role: 'admin' } }), { path: '/admin/users' }),
    ],
  ],
};
