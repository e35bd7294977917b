import { type EntityManager } from 'typeorm';
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
export async function noteConflicts(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  notes: readonly ConflictNote[],
): Promise<void> {
  const closed = drafts.filter(
    ({ openConflict, content, deletedBy, versionMoved, withheld }) =>
      openConflict && withheld.size === 0 && (content !== undefined || deletedBy !== undefined || versionMoved),
  );
  if (closed.length > 0) {
    await manager.query(
      'UPDATE user_conflicts SET resolved_at = now() WHERE claimant = ANY($1::text[]) AND resolved_at IS NULL',
      [closed.map(({ clerkUserId }) => clerkUserId)],
    );
  }
  if (notes.length === 0) return;
  await manager.query(
    `INSERT INTO user_conflicts (kind, claimant, holder, reason)
     SELECT kind, claimant, holder, reason
       FROM jsonb_to_recordset($1) AS new(kind text, claimant text, holder text, reason text)
     ON CONFLICT (claimant, kind) WHERE resolved_at IS NULL DO NOTHING`,
    [JSON.stringify(notes)],
  );
}
