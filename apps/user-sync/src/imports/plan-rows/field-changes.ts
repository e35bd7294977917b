import { type ImportedUser } from '@gatehouse/contracts';
import { type KnownUser, type NewValues, type SettableField, clerkFields, profileFields } from './user-fields';

/** What a row changes of a stored user. */
interface FieldChanges {
  readonly sets: NewValues;
  /** Fields with another value that stay as they are. */
  readonly leaves: readonly SettableField[];
}

const ownedByClerk: ReadonlySet<string> = new Set(clerkFields);
const editedByUsers: ReadonlySet<string> = new Set(profileFields);

/** Compares a row with a stored user. A field that the row does not have is left alone. */
export function changesOf({ clerkUserId: _, ...row }: ImportedUser, user: KnownUser): FieldChanges {
  const sets: Record<string, unknown> = {};
  const leaves: SettableField[] = [];
  for (const [name, value] of Object.entries(row)) {
    const field = name as SettableField;
    if (isEqual(field, value, user)) continue;
    if (maySet(field, value, user)) sets[field] = value;
    else leaves.push(field);
  }
  if (sets.email !== undefined) sets.emailVerified = row.emailVerified === true;
  if (sets.phoneNumber !== undefined) sets.phoneVerified = row.phoneVerified === true;
  return { sets, leaves };
}

function isEqual(field: SettableField, value: unknown, { values }: KnownUser): boolean {
  const stored = values[field];
  if (field === 'createdAt') return Date.parse(String(value)) === Date.parse(String(stored));
  if (field === 'email') return String(value).toLowerCase() === values.email?.toLowerCase();
  return value === stored;
}

/**
 * Whether an import may replace the stored value. Clerk owns the addresses and names of its users. What users have
 * written into their profile stays. An import moves the creation only back in time, takes back no verification, and
 * activates nobody whom an admin has deactivated.
 */
function maySet(field: SettableField, value: unknown, { clerkUserId, values }: KnownUser): boolean {
  if (clerkUserId !== null && ownedByClerk.has(field)) return false;
  if (editedByUsers.has(field)) return values[field] === null;
  if (field === 'createdAt') return Date.parse(String(value)) < Date.parse(values.createdAt);
  if (field === 'emailVerified' || field === 'phoneVerified') return value === true;
  return field === 'isActive' ? value === false : true;
}
