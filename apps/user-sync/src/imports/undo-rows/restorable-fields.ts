import { type FieldChanges } from '../../database/user-import-row.entity';
import { addressConflict } from '../plan-rows/address-conflict';
import { type KnownUsers } from '../plan-rows/known-users';
import { type KnownUser, type NewValues, type SettableField, clerkFields } from '../plan-rows/user-fields';

/** What an undo can restore of a user. */
interface Restorable {
  readonly sets: NewValues;
  /** Fields that stay as they are. */
  readonly notRestored: readonly SettableField[];
}

const ownedByClerk: ReadonlySet<string> = new Set(clerkFields);
const emailFields: readonly SettableField[] = ['email', 'emailVerified'];
const phoneFields: readonly SettableField[] = ['phoneNumber', 'phoneVerified'];

/**
 * The fields that still have the value of the import, with their values before it. A field that somebody has `touched`
 * since stays, even with that value. An address with its verification stays when one of the two has changed, or when
 * another user has the former address meanwhile.
 */
export function restorable(
  user: KnownUser,
  { before, after }: FieldChanges,
  known: KnownUsers,
  touched: ReadonlySet<SettableField>,
): Restorable {
  const fields = Object.keys(after) as SettableField[];
  const stays = (field: SettableField) =>
    user.values[field] !== after[field] || touched.has(field) || isForeign(user, field);
  const left = new Set(fields.filter(stays));
  const sets = () =>
    Object.fromEntries(fields.filter((field) => !left.has(field)).map((field) => [field, before[field]]));
  const leave = (group: readonly SettableField[]) => {
    for (const field of group) if (fields.includes(field)) left.add(field);
  };
  for (const group of [emailFields, phoneFields]) if (group.some((field) => left.has(field))) leave(group);
  const { externalId, stripeCustomerId } = before as NewValues;
  const isHeld = (holder: KnownUser | undefined) => holder !== undefined && holder.id !== user.id;
  if (typeof externalId === 'string' && isHeld(known.byExternalId(externalId))) leave(['externalId']);
  if (typeof stripeCustomerId === 'string' && isHeld(known.byStripeCustomer(stripeCustomerId)))
    leave(['stripeCustomerId']);
  for (
    let held = addressConflict(sets(), user, known);
    held !== undefined;
    held = addressConflict(sets(), user, known)
  ) {
    leave(held === 'email_held' ? emailFields : phoneFields);
  }
  return { sets: sets(), notRestored: [...left] };
}

/** Whether Clerk owns the field by now, because the local user was linked since. */
function isForeign({ clerkUserId }: KnownUser, field: SettableField): boolean {
  return clerkUserId !== null && ownedByClerk.has(field);
}
