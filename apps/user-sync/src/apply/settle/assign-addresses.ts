import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type Address, type AddressKind, type HeldAddress, addressKey, addressesOf } from '../addresses/address';
import { type AddressPlan } from '../batch/address-plan';
import { type ConflictNote } from '../batch/conflict-notes';

/** A Clerk user in a conflict. */
export interface Party {
  readonly clerkUserId: string;
  /** The user at Clerk, null when Clerk does not know it. */
  readonly user: MappedUser | null;
  /** Whether the database has no row for the user. */
  readonly absent: boolean;
}

/** An address that a party has at Clerk. */
interface PartyAddress extends Address {
  readonly party: Party;
}

/**
 * Assigns each contested address to one user. Every other party is stored without the address, and a conflict is
 * recorded. If nobody has verified the address, all parties get it.
 *
 * 1. A local user who has verified the address comes first. If a party has it verified at Clerk and has no row yet, the
 *    local user is linked to that party, which gets the address. Otherwise the local user keeps it, even if a party
 *    with a row has verified it at Clerk.
 * 2. Without such a local user, a party that has verified the address at Clerk gets it.
 * 3. If several parties have verified the address, the party whose row already has it as verified keeps it. So nobody
 *    can take an address by adding it at Clerk. If there is no such row, the party with the lowest Clerk id gets it.
 */
export function assignAddresses(parties: readonly Party[], held: readonly HeldAddress[]): AddressPlan {
  const withhold = new Map<string, Set<AddressKind>>();
  const notes: ConflictNote[] = [];
  const atClerk = parties.flatMap((party) =>
    party.user === null ? [] : addressesOf(party.user.columns).map((address): PartyAddress => ({ ...address, party })),
  );
  const link = linksOf(atClerk, held);
  const linkedTo = new Map([...link].map(([clerkUserId, userId]) => [userId, clerkUserId]));
  for (const key of new Set(atClerk.map(addressKey))) {
    const rivals = atClerk.filter((address) => addressKey(address) === key);
    // A local user that this plan links counts as the Clerk user that takes over its row.
    const holders = verifiedOf(held, key).map((address) => {
      return { ...address, clerkUserId: address.clerkUserId ?? linkedTo.get(address.userId) ?? null };
    });
    const local = holders.find(({ clerkUserId }) => clerkUserId === null);
    const verified = rivals.filter((rival) => rival.verified);
    const winner = local === undefined ? strongest(verified, holders) : undefined;
    const holder = winner?.party.clerkUserId ?? local?.userId;
    // Nobody has verified the address. Any number of users may then hold it.
    if (holder === undefined) continue;
    for (const { party, kind } of rivals) {
      if (party.clerkUserId === holder) continue;
      withhold.set(party.clerkUserId, (withhold.get(party.clerkUserId) ?? new Set()).add(kind));
      notes.push({ kind, claimant: party.clerkUserId, holder, reason: reasonOf(local, verified.length) });
    }
  }
  return { withhold, link, notes, forsaken: forsakenBy(parties, held, atClerk) };
}

/**
 * The party whose row holds the address; otherwise the party with the lowest id, so that every replica chooses the same
 * party.
 */
function strongest(verified: readonly PartyAddress[], holders: readonly HeldAddress[]): PartyAddress | undefined {
  const byId = [...verified].sort((a, b) => (a.party.clerkUserId < b.party.clerkUserId ? -1 : 1));
  return byId.find(({ party }) => holders.some((held) => held.clerkUserId === party.clerkUserId)) ?? byId[0];
}

/**
 * Maps the Clerk id of a user without a row to the id of the local user to link to it. A local user is linked at most
 * once.
 */
function linksOf(atClerk: readonly PartyAddress[], held: readonly HeldAddress[]): Map<string, string> {
  const link = new Map<string, string>();
  for (const key of new Set(atClerk.map(addressKey))) {
    const local = verifiedOf(held, key).find(({ clerkUserId }) => clerkUserId === null);
    if (local === undefined || [...link.values()].includes(local.userId)) continue;
    const candidates = atClerk.filter(
      (address) =>
        addressKey(address) === key && address.verified && address.party.absent && !link.has(address.party.clerkUserId),
    );
    const twin = strongest(candidates, []);
    if (twin !== undefined) link.set(twin.party.clerkUserId, local.userId);
  }
  return link;
}

function verifiedOf(held: readonly HeldAddress[], key: string): HeldAddress[] {
  return held.filter((address) => address.verified && addressKey(address) === key);
}

function reasonOf(local: HeldAddress | undefined, verified: number): string {
  if (local !== undefined) return 'a local user has the address verified and keeps it';
  return verified > 1
    ? 'Clerk shows two users with the address verified; the one who held it here keeps it'
    : 'Clerk shows two users with the address; the one who has it verified keeps it';
}

/**
 * The addresses that our rows must release: each is held by a party that Clerk no longer knows, and another party has
 * it at Clerk.
 */
function forsakenBy(
  parties: readonly Party[],
  held: readonly HeldAddress[],
  atClerk: readonly PartyAddress[],
): AddressPlan['forsaken'] {
  const gone = new Set(parties.filter(({ user }) => user === null).map(({ clerkUserId }) => clerkUserId));
  const wanted = new Set(atClerk.map(addressKey));
  return held.flatMap((address) =>
    address.clerkUserId !== null && gone.has(address.clerkUserId) && wanted.has(addressKey(address))
      ? [{ ...address, clerkUserId: address.clerkUserId }]
      : [],
  );
}
