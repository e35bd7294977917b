import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type UserDraft } from '../draft/user-draft';
import { type Claim, type Holding, addressKey, addressesOf, findHoldings, lockAddresses } from '../addresses/address';
import { type ConflictNote } from './conflict-notes';

/** What stands between a batch and the addresses that it needs to write. */
export interface Contention {
  /** Clerk ids of users that cannot be written without asking Clerk who holds what. */
  readonly contested: ReadonlySet<string>;
  /** Addresses that rows of this very batch give up: to be set to NULL before anybody takes them. */
  readonly release: readonly Holding[];
  /** What changes nothing but is to be told to a person. */
  readonly notes: readonly ConflictNote[];
}

interface Wanted extends Claim {
  readonly draft: UserDraft;
}

/**
 * Finds out which of the drafts want an address that another live user holds, where either has it verified. What is
 * given up elsewhere is in nobody's way.
 */
export async function findContention(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  givenUp: readonly Holding[],
): Promise<Contention> {
  const wanted = drafts.flatMap((draft) =>
    draft.content === undefined || draft.deletedBy !== undefined
      ? []
      : addressesOf(draft.content.columns).map((claim): Wanted => ({ ...claim, draft })),
  );
  const [, holdings] =
    wanted.length === 0 ? [null, []] : await runStatements(manager, [lockAddresses(wanted), findHoldings(wanted)]);
  const isGivenUp = (held: Holding) => givenUp.some(({ kind, userId }) => kind === held.kind && userId === held.userId);
  return contend(drafts, wanted, givenUp.length === 0 ? holdings : holdings.filter((held) => !isGivenUp(held)));
}

/**
 * A draft that is left out gives nothing up, which may stand in the way of another: repeated until nobody more is left
 * out.
 */
function contend(drafts: readonly UserDraft[], wanted: readonly Wanted[], holdings: readonly Holding[]): Contention {
  const byUser = new Map(drafts.flatMap((draft) => (draft.userId === null ? [] : [[draft.userId, draft] as const])));
  const wantedBy = groupBy(wanted, addressKey);
  const heldBy = groupBy(holdings, addressKey);
  const contested = new Set<string>();
  const stays = ({ userId }: Holding): boolean => {
    const draft = byUser.get(userId);
    if (draft === undefined || contested.has(draft.clerkUserId)) return true;
    return draft.deletedBy === undefined && draft.content === undefined;
  };
  for (let before = -1; before !== contested.size;) {
    before = contested.size;
    for (const claim of wanted) {
      if (contested.has(claim.draft.clerkUserId)) continue;
      const key = addressKey(claim);
      const rivals = [
        ...(wantedBy.get(key) ?? []).filter(({ draft }) => draft !== claim.draft && !contested.has(draft.clerkUserId)),
        ...(heldBy.get(key) ?? []).filter((held) => held.userId !== claim.draft.userId && stays(held)),
      ];
      if (rivals.some((rival) => isConflict(claim, rival))) contested.add(claim.draft.clerkUserId);
    }
  }
  const written = wanted.filter(({ draft }) => !contested.has(draft.clerkUserId));
  return {
    contested,
    release: holdings.filter((held) => {
      const draft = byUser.get(held.userId);
      if (draft?.content === undefined || contested.has(draft.clerkUserId)) return false;
      return (wantedBy.get(addressKey(held)) ?? []).some((claim) => claim.draft !== draft);
    }),
    notes: written.flatMap((claim) =>
      (heldBy.get(addressKey(claim)) ?? [])
        .filter((held) => claim.verified && isUnverifiedLocal(held) && held.userId !== claim.draft.userId)
        // An admin who has shut the local user out knows of it.
        .filter(({ isActive }) => isActive)
        .map((held) => ({
          kind: claim.kind,
          claimant: held.userId,
          holder: claim.draft.clerkUserId,
          reason: 'a local user has the address unverified: it is not linked to the Clerk user that has it verified',
        })),
    ),
  };
}

function isConflict(claim: Claim, rival: Claim): boolean {
  return !isUnverifiedLocal(rival) && (claim.verified || rival.verified);
}

/** A local user's login name, which proves nothing: it stays, and is in nobody's way. */
function isUnverifiedLocal(rival: Claim): boolean {
  return 'clerkUserId' in rival && rival.clerkUserId === null && !rival.verified;
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
