import { bearer, json, target, withKey, type AttackTable } from './attack';
import { type RawRequest } from '../support/raw-request';

const exchange = json({}, { method: 'POST', path: '/auth/verify-clerk-token' });
const creation: RawRequest = { method: 'POST', path: '/api/clerk/syncUsers' };

export const firstSessions: AttackTable = {
  title: 'only a Clerk session opens the first session of a user',
  cases: [
    ['an API key is exchanged', 401, 'credential_unknown', () => withKey(target().key(), exchange)],
    ['an API key creates a user', 401, 'credential_unknown', () => withKey(target().key(), creation)],
    ['a Gatehouse token is exchanged', 401, 'token_issuer_unknown', () => bearer(target().legacy(), exchange)],
    ['a Gatehouse token creates a user', 401, 'token_issuer_unknown', () => bearer(target().legacy(), creation)],
  ],
};
