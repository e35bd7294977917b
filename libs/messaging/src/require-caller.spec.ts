import { type Principal } from '@gatehouse/contracts';
import { requireAdmin, requirePrincipal } from './require-caller';

const principal = (role: Principal['role']): Principal => ({
  userId: '0198c0de-0000-7000-8000-000000000001',
  clerkUserId: null,
  method: 'api_key',
  role,
  tier: 'free',
  scopes: [],
  sessionId: null,
});

describe('requirePrincipal', () => {
  it('returns the caller of the request', () => {
    expect(requirePrincipal({ principal: principal('user') }).role).toBe('user');
  });

  it('rejects a request without a caller as unauthenticated', () => {
    expect(() => requirePrincipal({ principal: null })).toThrow(expect.objectContaining({ reason: 'unauthenticated' }));
  });
});

describe('requireAdmin', () => {
  it('returns the caller who is an admin', () => {
    expect(requireAdmin({ principal: principal('admin') }).role).toBe('admin');
  });

  it.each(['user', 'developer'] as const)('rejects a caller whose role is %s as forbidden', (role) => {
    expect(() => requireAdmin({ principal: principal(role) })).toThrow(
      expect.objectContaining({ reason: 'forbidden' }),
    );
  });

  it('rejects a request without a caller as unauthenticated', () => {
    expect(() => requireAdmin({ principal: null })).toThrow(expect.objectContaining({ reason: 'unauthenticated' }));
  });
});
