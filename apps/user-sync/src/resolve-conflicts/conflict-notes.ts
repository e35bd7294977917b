import { type Statement, write, writeRows } from '@gatehouse/persistence';
import { type UserDraft } from '../apply-event/user-draft';
import { type AddressKind } from './claim';

/** Who is stored without an address, who keeps it, and why; Clerk ids, or our ids of local users. */
export interface ConflictNote {
  readonly kind: AddressKind;
  readonly claimant: string;
  readonly holder: string;
  readonly reason: string;
}

/**
 * Records conflicts for a person, once while they are open, and closes those of users who are now stored with all that
 * Clerk holds of them, or deleted.
 */
export function noteConflicts(drafts: readonly UserDraft[], notes: readonly ConflictNote[]): Statement[] {
  const closed = drafts.filter(
    ({ openConflict, content, deletedBy, versionMoved, withheld }) =>
      openConflict && withheld.size === 0 && (content !== undefined || deletedBy !== undefined || versionMoved),
  );
  return [
    ...closeConflicts(closed.map(({ clerkUserId }) => clerkUserId)),
    ...writeRows(
      'note-conflicts',
      `INSERT INTO user_conflicts (kind, claimant, holder, reason)
       SELECT kind, claimant, holder, reason
         FROM jsonb_to_recordset($1) AS new(kind text, claimant text, holder text, reason text)
       ON CONFLICT (claimant, kind) WHERE resolved_at IS NULL DO NOTHING`,
      notes,
    ),
  ];
}

function closeConflicts(claimants: readonly string[]): Statement[] {
  if (claimants.length === 0) return [];
  const text = 'UPDATE user_conflicts SET resolved_at = now() WHERE claimant = ANY($1::text[]) AND resolved_at IS NULL';
  return [write('close-conflicts', text, [claimants])];
}
