import { type ClerkUser } from '@gatehouse/contracts';

type Email = ClerkUser['email_addresses'][number];
type Phone = ClerkUser['phone_numbers'][number];

/** The address to store, and the reason if it is not the primary one. */
interface Choice<Address> {
  readonly address: Address | undefined;
  /**
   * Explains the choice to operators, as part of a sentence. Null when the primary address was chosen, or the user has
   * no address.
   */
  readonly note: string | null;
}

/**
 * Whether the address is verified at Clerk. False for a `reserved` address: Clerk lets no other user verify it, but
 * this user has not proved to own it.
 */
export function isVerified(address: Pick<Email, 'verification' | 'reserved'> | undefined): boolean {
  return address?.verification?.status === 'verified' && address.reserved !== true;
}

/**
 * Chooses the e-mail address or phone number to store. The primary address is stored even if it is unverified: Clerk
 * itself shows it as the user's address. If the list holds no primary address, chooses the oldest verified one, if any.
 * An unverified one is not chosen: it would be a guess, and may belong to another user.
 */
export function chooseAddress<Address extends Email | Phone>(
  noun: 'e-mail address' | 'phone number',
  addresses: readonly Address[],
  primaryId: string | null | undefined,
): Choice<Address> {
  const primary = primaryId ? addresses.find(({ id }) => id === primaryId) : undefined;
  if (primary !== undefined) return { address: primary, note: null };
  if (addresses.length === 0) return { address: undefined, note: null };
  const why = primaryId ? `its primary ${noun} is not in the list` : `it has no primary ${noun}`;
  const [oldest] = addresses.filter(isVerified).sort(byAge);
  return oldest === undefined
    ? { address: undefined, note: `${why} and no verified one: none is stored` }
    : { address: oldest, note: `${why}: the oldest verified one is stored` };
}

/** Orders addresses from the oldest to the newest, because Clerk does not guarantee the order of the list. */
function byAge(a: Email | Phone, b: Email | Phone): number {
  return (a.created_at ?? 0) - (b.created_at ?? 0) || ((a.id ?? '') < (b.id ?? '') ? -1 : 1);
}
