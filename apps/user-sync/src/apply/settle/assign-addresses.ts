import { type MappedUser } from '../../clerk-user/map-clerk-user';
import { type AddressKind, type Claim, type Holding, addressKey, addressesOf } from '../addresses/address';
import { type ConflictNote } from '../batch/conflict-notes';
import { type AddressPlan } from '../batch/address-plan';

/** A Clerk user in a conflict, as Clerk holds it now; null when Clerk does not know it. */
export interface Party {
  readonly clerkUserId: string;
  readonly user: MappedUser | null;
  /** Whether it is not here yet. */
  readonly absent: boolean;
}

interface Claimant extends Claim {
  readonly party: Party;
}

/**
 * Who gets which address. One who has it verified at Clerk goes before one who has not; among several, who holds it here
 * already, so that nobody can take it by claiming it too. A local user whose address is verified is the Clerk user that
 * has it verified and is not here yet; else it keeps what it has.
 */
export function assignAddresses(parties: readonly Party[], holdings: readonly Holding[]): AddressPlan {
  const withhold = new Map<string, Set<AddressKind>>();
  const notes: ConflictNote[] = [];
  const claimants = parties.flatMap((party) =>
    party.user === null ? [] : addressesOf(party.user.columns).map((claim): Claimant => ({ ...claim, party })),
  );
  const link = linksOf(claimants, holdings);
  const linkedTo = new Map([...link].map(([clerkUserId, userId]) => [userId, clerkUserId]));
  for (const key of new Set(claimants.map(addressKey))) {
    const rivals = claimants.filter((claim) => addressKey(claim) === key);
    // A local user who turns out to be a Clerk user holds nothing by itself any more: Clerk says what is verified.
    const holders = verifiedHoldings(holdings, key).map((held) => {
      return { ...held, clerkUserId: held.clerkUserId ?? linkedTo.get(held.userId) ?? null };
    });
    const local = holders.find(({ clerkUserId }) => clerkUserId === null);
    const verified = rivals.filter((rival) => rival.verified);
    const winner = local === undefined ? strongest(verified, holders) : undefined;
    const holder = winner?.party.clerkUserId ?? local?.userId;
    // Nobody has it verified: an unverified address may be anybody's.
    if (holder === undefined) continue;
    for (const { party, kind } of rivals) {
      if (party.clerkUserId === holder) continue;
      withhold.set(party.clerkUserId, (withhold.get(party.clerkUserId) ?? new Set()).add(kind));
      notes.push({ kind, claimant: party.clerkUserId, holder, reason: reasonOf(local, verified.length) });
    }
  }
  return { withhold, link, notes, forsaken: forsakenBy(parties, holdings, claimants) };
}

function strongest(verified: readonly Claimant[], holders: readonly Holding[]): Claimant | undefined {
  const byId = [...verified].sort((a, b) => (a.party.clerkUserId < b.party.clerkUserId ? -1 : 1));
  return byId.find(({ party }) => holders.some((held) => held.clerkUserId === party.clerkUserId)) ?? byId[0];
}

/** The local users that Clerk users who are not here yet turn out to be: each at most once. */
function linksOf(claimants: readonly Claimant[], holdings: readonly Holding[]): Map<string, string> {
  const link = new Map<string, string>();
  for (const key of new Set(claimants.map(addressKey))) {
    const local = verifiedHoldings(holdings, key).find(({ clerkUserId }) => clerkUserId === null);
    if (local === undefined || [...link.values()].includes(local.userId)) continue;
    const free = claimants.filter(
      (claim) =>
        addressKey(claim) === key && claim.verified && claim.party.absent && !link.has(claim.party.clerkUserId),
    );
    const twin = strongest(free, []);
    if (twin !== undefined) link.set(twin.party.clerkUserId, local.userId);
  }
  return link;
}

function verifiedHoldings(holdings: readonly Holding[], key: string): Holding[] {
  return holdings.filter((held) => held.verified && addressKey(held) === key);
}

function reasonOf(local: Holding | undefined, verified: number): string {
  if (local !== undefined) return 'a local user has the address verified and keeps it';
  return verified > 1
    ? 'Clerk shows two users with the address verified; the one who held it here keeps it'
    : 'Clerk shows two users with the address; the one who has it verified keeps it';
}

function forsakenBy(
  parties: readonly Party[],
  holdings: readonly Holding[],
  claimants: readonly Claimant[],
): AddressPlan['forsaken'] {
  const gone = new Set(parties.filter(({ user }) => user === null).map(({ clerkUserId }) => clerkUserId));
  const claimed = new Set(claimants.map(addressKey));
  return holdings.flatMap((held) =>
    held.clerkUserId !== null && gone.has(held.clerkUserId) && claimed.has(addressKey(held))
      ? [{ ...held, clerkUserId: held.clerkUserId }]
      : [],
  );
}
