import { type ImportedField, type Role, type Tier } from '@gatehouse/contracts';
import { type UserEntity } from '../../database/user.entity';

/** Values of the fields that an import can set. `createdAt`: ISO 8601 in UTC. */
export interface FieldValues {
  readonly externalId: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  readonly phoneVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly username: string | null;
  readonly role: Role;
  readonly tier: Tier;
  readonly isActive: boolean;
  readonly ownerName: string | null;
  readonly shopName: string | null;
  readonly city: string | null;
  readonly state: string | null;
  readonly pincode: string | null;
  readonly createdAt: string;
  readonly stripeCustomerId: string | null;
}

/** Name of a field that an import can set. Does not include `clerkUserId`, which only names a user. */
export type SettableField = keyof FieldValues & ImportedField;

/** Values that an import sets, by field. */
export type NewValues = { readonly [Field in SettableField]?: FieldValues[Field] };

/** A stored user beside which a row is decided. */
export interface KnownUser {
  readonly id: string;
  /** Null for a local user. */
  readonly clerkUserId: string | null;
  readonly isDeleted: boolean;
  readonly values: FieldValues;
}

/** Fields that Clerk owns while the user is at Clerk. */
export const clerkFields = [
  'email',
  'emailVerified',
  'phoneNumber',
  'phoneVerified',
  'firstName',
  'lastName',
  'username',
] as const satisfies readonly SettableField[];

/** Fields that users edit themselves. An import fills them, and never overwrites what is there. */
export const profileFields = [
  'ownerName',
  'shopName',
  'city',
  'state',
  'pincode',
] as const satisfies readonly SettableField[];

/** By field: the column of `users` and its type. */
export const fieldColumns: Readonly<Record<SettableField, readonly [column: string, type: string]>> = {
  externalId: ['external_id', 'text'],
  email: ['email', 'text'],
  emailVerified: ['email_verified', 'boolean'],
  phoneNumber: ['phone_number', 'text'],
  phoneVerified: ['phone_verified', 'boolean'],
  firstName: ['first_name', 'text'],
  lastName: ['last_name', 'text'],
  username: ['username', 'text'],
  role: ['role', 'text'],
  tier: ['subscription', 'text'],
  isActive: ['is_active', 'boolean'],
  ownerName: ['owner_name', 'text'],
  shopName: ['shop_name', 'text'],
  city: ['city', 'text'],
  state: ['state', 'text'],
  pincode: ['pincode', 'text'],
  createdAt: ['created_at', 'timestamptz'],
  stripeCustomerId: ['stripe_customer_id', 'text'],
};

/** Names of the fields that an import can set. */
export const settableFields = Object.keys(fieldColumns) as SettableField[];

/** The user of a row of `users`. */
export function knownUser(user: UserEntity): KnownUser {
  const { id, clerkUserId, deletedAt, subscription: tier, createdAt, ...columns } = user;
  const values = { ...columns, tier, createdAt: createdAt.toISOString() };
  return {
    id,
    clerkUserId,
    isDeleted: deletedAt !== null,
    values: Object.fromEntries(settableFields.map((field) => [field, values[field]])) as unknown as FieldValues,
  };
}
