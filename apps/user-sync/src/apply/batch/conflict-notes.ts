import { type Statement, writeRows } from '@gatehouse/persistence';
import { type AddressKind, addressKinds } from '../addresses/address';
import { type UserDraft, contentOf, deletionOf } from '../draft/user-draft';

/**
 * A conflict over an address, for a person to look at. `holder` keeps the address. `claimant` is a Clerk user who is
 * stored without it, or a local user who has it unverified. A Clerk user is named by its Clerk id, a local user by our
 * id.
 */
export interface ConflictNote {
  readonly kind: AddressKind;
  readonly claimant: string;
  readonly holder: string;
  readonly reason: string;
}

/**
 * Records conflicts, at most one open conflict per claimant and kind of address. Closes conflicts of deleted users, and
 * conflicts over an address that the claimant is now stored with.
 */
export function noteConflicts(drafts: readonly UserDraft[], notes: readonly ConflictNote[]): Statement[] {
  return [
    ...writeRows(
      'close-conflicts',
      `UPDATE user_conflicts AS open SET resolved_at = now()
         FROM jsonb_to_recordset($1) AS done(kind text, claimant text)
        WHERE open.claimant = done.claimant AND open.kind = done.kind AND open.resolved_at IS NULL`,
      drafts.flatMap(settledConflicts),
    ),
    ...writeRows(
      'note-conflicts',
      `INSERT INTO user_conflicts AS known (kind, claimant, holder, reason)
       SELECT DISTINCT ON (claimant, kind) kind, claimant, holder, reason
         FROM jsonb_to_recordset($1) AS new(kind text, claimant text, holder text, reason text)
       ON CONFLICT (claimant, kind) WHERE resolved_at IS NULL
         DO UPDATE SET holder = excluded.holder, reason = excluded.reason WHERE known.holder <> excluded.holder`,
      notes,
    ),
  ];
}

function settledConflicts(draft: UserDraft): Pick<ConflictNote, 'kind' | 'claimant'>[] {
  const { clerkUserId, stored, state, withheld } = draft;
  if (!stored.openConflict) return [];
  const isDeleted = deletionOf(draft) !== undefined;
  const isCompared = contentOf(draft) !== undefined || (state.kind === 'live' && state.write.kind === 'version');
  if (!isDeleted && !isCompared) return [];
  const kinds = addressKinds.filter((kind) => isDeleted || !withheld.has(kind));
  return kinds.map((kind) => ({ kind, claimant: clerkUserId }));
}
