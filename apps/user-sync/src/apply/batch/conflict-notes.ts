import { type Statement, writeRows } from '@gatehouse/persistence';
import { type UserDraft } from '../draft/user-draft';
import { type AddressKind, addressKinds } from '../addresses/address';

/** Who is stored without an address, who keeps it, and why; Clerk ids, or our ids of local users. */
export interface ConflictNote {
  readonly kind: AddressKind;
  readonly claimant: string;
  readonly holder: string;
  readonly reason: string;
}

/**
 * Records conflicts for a person, once while they are open, and closes those over addresses that their users are now
 * stored with as Clerk holds them, or of users who are deleted.
 */
export function noteConflicts(drafts: readonly UserDraft[], notes: readonly ConflictNote[]): Statement[] {
  const closed = drafts.flatMap(({ clerkUserId, openConflict, content, deletedBy, versionMoved, withheld }) => {
    if (!openConflict || (content === undefined && deletedBy === undefined && !versionMoved)) return [];
    const kinds = addressKinds.filter((kind) => deletedBy !== undefined || !withheld.has(kind));
    return kinds.map((kind) => ({ kind, claimant: clerkUserId }));
  });
  return [
    ...writeRows(
      'close-conflicts',
      `UPDATE user_conflicts AS open SET resolved_at = now()
         FROM jsonb_to_recordset($1) AS done(kind text, claimant text)
        WHERE open.claimant = done.claimant AND open.kind = done.kind AND open.resolved_at IS NULL`,
      closed,
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
