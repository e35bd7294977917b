import { type EnvelopeClaims } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';

/** Throws unless the gateway vouches for an admin: the ledger holds other people's data. */
export function requireAdmin({ principal }: EnvelopeClaims): void {
  if (principal?.role !== 'admin') throw new RequestRefusedError('forbidden', 'only admins may see webhook events');
}
