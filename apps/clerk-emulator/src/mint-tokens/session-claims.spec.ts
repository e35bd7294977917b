import { fixture } from '../../integration/fixture';
import { newSession } from '../clerk/session';
import { newUser } from '../clerk/user';
import { sessionTokenHeader } from './jwt';
import { sessionClaims } from './session-claims';

describe('sessionClaims', () => {
  const now = 1_790_000_000_000;
  const user = { ...newUser(now), public_metadata: { role: 'member' } };
  const session = newSession(user.id, now - 180_000);
  const input = {
    session,
    user,
    custom: {},
    issuer: 'https://clerk.example',
    authorizedParty: 'http://localhost:3000',
    now,
    lifetimeSeconds: 60,
  };

  it('has the keys of a version 2 token', () => {
    const sample = fixture('jwt.session-v2')['payload'] as object;
    const custom = { metadata: user.public_metadata };
    expect(Object.keys(sessionClaims({ ...input, custom, version: 2 })).sort()).toEqual(Object.keys(sample).sort());
  });

  it('has the keys of a version 1 token without an organization', () => {
    const sample = fixture('jwt.session-v1')['payload'] as object;
    const personal = Object.keys(sample).filter((key) => !key.startsWith('org_'));
    expect(Object.keys(sessionClaims({ ...input, version: 1 })).sort()).toEqual(personal.sort());
  });

  it('sets exp 60 s after and nbf 10 s before iat', () => {
    const claims = sessionClaims({ ...input, version: 2 });
    expect(claims).toMatchObject({ iat: 1_790_000_000, exp: 1_790_000_060, nbf: 1_789_999_990, fva: [3, -1] });
  });

  it('has sts for a pending session and act for an impersonation', () => {
    const acting = { ...session, status: 'pending' as const, actor: { sub: 'user_2' } };
    expect(sessionClaims({ ...input, session: acting, version: 2 })).toMatchObject({
      sts: 'pending',
      act: { sub: 'user_2' },
    });
  });

  it('omits azp for a native client', () => {
    expect(sessionClaims({ ...input, version: 2, authorizedParty: null })).not.toHaveProperty('azp');
  });

  it('has the header keys of a Clerk token', () => {
    expect(Object.keys(sessionTokenHeader('ins_1')).sort()).toEqual(
      Object.keys(fixture('jwt.session-v2')['header'] as object).sort(),
    );
  });
});
