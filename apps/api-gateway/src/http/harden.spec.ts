import { dropIdentityHeaders } from './harden';

describe('dropIdentityHeaders', () => {
  it.each([
    'x-user-id',
    'x-user',
    'x-user-email',
    'x-clerk-user-id',
    'x-auth-request-email',
    'x-authenticated-userid',
    'x-forwarded-user',
    'x-gatehouse-principal',
    'x-principal',
    'x-remote-user',
    'x-role',
    'x-scopes',
    'x-session-id',
    'x-tenant-id',
    'x-org-id',
  ])('drops the client header %s, which names a caller', (name) => {
    const headers = { [name]: 'admin', host: 'x' };
    dropIdentityHeaders(headers);
    expect(headers).toEqual({ host: 'x' });
  });

  it('keeps headers that do not name a caller', () => {
    const headers = {
      authorization: 'a',
      'x-api-key': 'b',
      'x-request-id': 'c',
      'x-forwarded-for': 'd',
      'x-forwarded-proto': 'e',
      'user-agent': 'f',
    };
    const before = { ...headers };
    dropIdentityHeaders(headers);
    expect(headers).toEqual(before);
  });
});
