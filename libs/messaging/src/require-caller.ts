import { type EnvelopeClaims, type Principal } from '@gatehouse/contracts';
import { RequestRefusedError } from './errors';

/**
 * Returns the principal for whom the gateway vouches.
 * @throws RequestRefusedError `unauthenticated` when the request has no principal
 */
export function requirePrincipal({ principal }: Pick<EnvelopeClaims, 'principal'>): Principal {
  if (principal === null)
    throw new RequestRefusedError('unauthenticated', 'This request needs an authenticated caller.');
  return principal;
}

/**
 * Returns the principal for whom the gateway vouches, if it is an admin.
 * @throws RequestRefusedError `unauthenticated` when the request has no principal, `forbidden` when the principal is
 * not an admin
 */
export function requireAdmin(envelope: Pick<EnvelopeClaims, 'principal'>): Principal {
  const principal = requirePrincipal(envelope);
  if (principal.role !== 'admin') throw new RequestRefusedError('forbidden', 'Only admins may do this.');
  return principal;
}
