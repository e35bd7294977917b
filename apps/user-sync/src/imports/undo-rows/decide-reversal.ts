import { type UserImportAction, type UserImportReversal } from '@gatehouse/contracts';
import { type FieldChanges } from '../../database/user-import-row.entity';
import { type UserEntity } from '../../database/user.entity';
import { type KnownUsers } from '../plan-rows/known-users';
import { type NewValues, knownUser } from '../plan-rows/user-fields';
import { type LaterActs } from './later-acts';
import { restorable } from './restorable-fields';

/** A row that changed a user, with what is known of that user now. */
interface RowToRevert {
  readonly action: UserImportAction;
  /** Null when the user was erased since. */
  readonly changed: FieldChanges | null;
  readonly user: UserEntity | undefined;
  readonly acts: LaterActs;
  readonly isInUse: boolean;
}

/** What an undo does with a row. */
interface Reversal {
  readonly reversal: UserImportReversal;
  /** Fields that stay as they are, or why the whole user stays. */
  readonly notRestored: readonly string[];
  readonly sets: NewValues;
  /** Whether the user, whom the import has created, is deleted. */
  readonly isRemoved: boolean;
}

/** Decides what an undo does with a row. It never reverts what somebody else has done since. */
export function decideReversal({ action, changed, user, acts, isInUse }: RowToRevert, known: KnownUsers): Reversal {
  if (user === undefined || user.deletedAt !== null || changed === null) return left('deleted');
  const { sets, notRestored } = restorable(knownUser(user), changed, known, acts.fields);
  if (action !== 'create') {
    const isAnything = Object.keys(sets).length > 0;
    const reversal = notRestored.length === 0 ? 'restored' : isAnything ? 'partial' : 'left';
    return { reversal, notRestored, sets, isRemoved: false };
  }
  if (user.clerkUserId !== null) return left('adopted');
  if (isInUse || acts.isUsed) return left('in_use');
  if (notRestored.length > 0) return left(...notRestored);
  // A new user has version 1. Only imports and what the checks above find may have raised it.
  if (user.version > 1 && !acts.isImported) return left('changed');
  return { reversal: 'restored', notRestored: [], sets: {}, isRemoved: true };
}

function left(...notRestored: readonly string[]): Reversal {
  return { reversal: 'left', notRestored, sets: {}, isRemoved: false };
}
