import { runStatements } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import {
  type Address,
  type HeldAddress,
  addressKey,
  addressesOf,
  findHeldAddresses,
  lockAddresses,
} from '../addresses/address';
import { type UserDraft, contentOf, deletionOf, rowOf } from '../draft/user-draft';
import { type ConflictNote } from './conflict-notes';

/** Result of comparing the addresses that a batch writes with the addresses of other live users. */
interface Contention {
  /** Clerk ids of users that cannot be written yet: Clerk must first be asked who holds an address. */
  readonly contested: ReadonlySet<string>;
  /**
   * Addresses to set to NULL before the batch writes users, so that one user can get an address from another. The batch
   * rewrites the rows of these addresses with new content, and another user of the batch wants each address. If the new
   * content still has the address, the rewrite restores it. Clerk need not be asked, because the batch has the newest
   * content of both users.
   */
  readonly release: readonly HeldAddress[];
  /** Conflicts that a person should look at, but that keep no user from being written. */
  readonly notes: readonly ConflictNote[];
}

interface WantedAddress extends Address {
  readonly draft: UserDraft;
}

/**
 * Locks the addresses that the drafts want. Then finds the drafts that want an address of another live user. An address
 * that neither of the two users has verified does not count. `givenUp`: the plan's `forsaken` addresses. They do not
 * count as held, because this transaction sets them to NULL.
 */
export async function findContention(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  givenUp: readonly HeldAddress[],
): Promise<Contention> {
  const wanted = drafts.flatMap((draft) => addressesIn(draft).map((address): WantedAddress => ({ ...address, draft })));
  const [, held] =
    wanted.length === 0 ? [null, []] : await runStatements(manager, [lockAddresses(wanted), findHeldAddresses(wanted)]);
  const isGivenUp = ({ kind, userId }: HeldAddress) => {
    return givenUp.some((address) => address.kind === kind && address.userId === userId);
  };
  return contend(drafts, wanted, givenUp.length === 0 ? held : held.filter((address) => !isGivenUp(address)));
}

function addressesIn(draft: UserDraft): Address[] {
  const content = contentOf(draft);
  return content === undefined ? [] : addressesOf(content.columns);
}

function contend(
  drafts: readonly UserDraft[],
  wanted: readonly WantedAddress[],
  held: readonly HeldAddress[],
): Contention {
  const byUser = new Map(drafts.map((draft) => [rowOf(draft)?.userId, draft]));
  const wantedBy = groupBy(wanted, addressKey);
  const heldBy = groupBy(held, addressKey);
  const contested = new Set<string>();
  const keepsAddress = ({ userId }: HeldAddress): boolean => {
    const draft = byUser.get(userId);
    if (draft === undefined || contested.has(draft.clerkUserId)) return true;
    return deletionOf(draft) === undefined && contentOf(draft) === undefined;
  };
  // A contested user is not written and keeps its addresses, so users who want one of them become contested too.
  // Repeats until no user is added.
  for (let before = -1; before !== contested.size;) {
    before = contested.size;
    for (const address of wanted) {
      if (contested.has(address.draft.clerkUserId)) continue;
      const key = addressKey(address);
      const ownId = rowOf(address.draft)?.userId;
      const rivals = [
        ...(wantedBy.get(key) ?? []).filter(
          ({ draft }) => draft !== address.draft && !contested.has(draft.clerkUserId),
        ),
        ...(heldBy.get(key) ?? []).filter((other) => other.userId !== ownId && keepsAddress(other)),
      ];
      if (rivals.some((rival) => isConflict(address, rival))) contested.add(address.draft.clerkUserId);
    }
  }
  const written = wanted.filter(({ draft }) => !contested.has(draft.clerkUserId));
  return {
    contested,
    release: held.filter((address) => {
      const draft = byUser.get(address.userId);
      if (draft === undefined || contentOf(draft) === undefined || contested.has(draft.clerkUserId)) return false;
      return (wantedBy.get(addressKey(address)) ?? []).some((other) => other.draft !== draft);
    }),
    notes: written.flatMap((address) =>
      (heldBy.get(addressKey(address)) ?? [])
        .filter(
          (other) => address.verified && isUnverifiedLocal(other) && other.userId !== rowOf(address.draft)?.userId,
        )
        // Records no conflict for a deactivated local user. An admin closes such a conflict by deactivating the local
        // user, and the closed conflict must not open again.
        .filter(({ isActive }) => isActive)
        .map((other) => ({
          kind: address.kind,
          claimant: other.userId,
          holder: address.draft.clerkUserId,
          reason: 'a local user has the address unverified: it is not linked to the Clerk user that has it verified',
        })),
    ),
  };
}

function isConflict(address: Address, rival: Address): boolean {
  return !isUnverifiedLocal(rival) && (address.verified || rival.verified);
}

/**
 * Whether `rival` is an unverified address of a local user. The local user keeps such an address, but does not block
 * other users who want it.
 */
function isUnverifiedLocal(rival: Address): boolean {
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
