import { type ImportedUser, type UserImportAction } from '@gatehouse/contracts';
import { type KnownUsers, type RowToDecide } from './known-users';
import { type KnownUser, type NewValues } from './user-fields';
import { addressConflict } from './address-conflict';
import { changesOf } from './field-changes';

/** What an import does with a row, and why. */
export interface RowDecision {
  readonly action: UserImportAction;
  /** A code; `reasons` has its text. */
  readonly reason: Reason;
  /** The user whom the row names; null when there is none or it cannot be decided. */
  readonly user: KnownUser | null;
  readonly sets: NewValues;
  /** Fields with another value that the import leaves as they are. */
  readonly leaves: readonly string[];
}

/** By reason of a decision: its text for people. Holds no value of the file. */
export const reasons = {
  new: 'No user has an identifier of the row.',
  external_id: 'The user has the external id.',
  external_id_at_clerk: 'The user has the external id at Clerk.',
  clerk_user_id: 'The user has the Clerk id.',
  verified_email: 'The user has verified the e-mail address.',
  identifiers_disagree: 'The identifiers of the row name different users. Correct the row.',
  external_id_differs: 'The user has another external id. Correct the row.',
  external_id_differs_at_clerk: 'The user has another external id at Clerk. Correct the row, or the user at Clerk.',
  clerk_user_unknown: 'Clerk has the user, but Gatehouse does not yet. Start a reconcile run, then import again.',
  user_deleted: 'The user was deleted.',
  email_held:
    'Another user has the e-mail address, and the row or that user has not verified it. Name the user by its Clerk id or external id, or remove the address from the row.',
  phone_held: 'Another user has the phone number. Remove it from the row, or settle it at Clerk.',
  stripe_customer_held: 'Another user has the Stripe customer id.',
  stripe_customer_differs:
    'The user has another Stripe customer id. Remove it from the row, or change it with PUT /admin/users/:id/stripe-customer.',
  admin: 'The user is an admin. Change role and activity of admins one by one.',
  address_missing: 'No user has an identifier of the row, and a new user needs an e-mail address or a phone number.',
  repeated: 'An earlier row has the same identifier, address or user.',
  erased: 'The person was erased after the upload.',
  fields: 'Fields of the row are invalid.',
  rejected: 'The row could not be planned.',
} as const;

/** Why an import does something with a row. */
export type Reason = keyof typeof reasons;

/** Text of a decision for people. Warns where it lets somebody take over a user who is not at Clerk yet. */
export function detailOf({ reason, sets }: Pick<RowDecision, 'reason' | 'sets'>): string {
  return sets.phoneVerified === true ? `${reasons[reason]} ${PHONE_WARNING}` : reasons[reason];
}

const PHONE_WARNING =
  'Whoever verifies the phone number at Clerk becomes this user: leave phoneVerified out if the number may have changed hands.';

/**
 * Decides about a row beside the stored users. A row never links two people: it names a user by the external id, the
 * Clerk id, or an e-mail address that both the row and the user have verified. Pure, so that the same row beside the
 * same users always gets the same decision.
 */
export function decideRow({ content, clerkUserId, externalIds }: RowToDecide, known: KnownUsers): RowDecision {
  const named = namedUsers(content, clerkUserId, known);
  const unknown = named.find(({ user }) => user === undefined);
  if (unknown !== undefined) {
    return conflict(known.isTombstone(unknown.clerkUserId ?? '') ? 'user_deleted' : 'clerk_user_unknown');
  }
  const [first, ...others] = named;
  if (first?.user === undefined) return decideNew(content, known);
  const { user, by } = first;
  if (others.some((other) => other.user?.id !== user.id)) return conflict('identifiers_disagree');
  if (user.isDeleted) return conflict('user_deleted');
  const atClerk = externalIds?.get(user.clerkUserId ?? '');
  if (content.externalId !== undefined && atClerk !== undefined && atClerk !== content.externalId) {
    return conflict('external_id_differs_at_clerk', user);
  }
  return decideKnown(content, user, by, known);
}

/** A user whom the row names. `user` is undefined when Clerk has the user and Gatehouse does not. */
interface Named {
  readonly by: Reason;
  readonly user: KnownUser | undefined;
  readonly clerkUserId?: string;
}

function namedUsers(content: ImportedUser, atClerk: string | null, known: KnownUsers): Named[] {
  const { externalId, clerkUserId, email, emailVerified } = content;
  const named: Named[] = [];
  const owner = externalId === undefined ? undefined : known.byExternalId(externalId);
  if (owner !== undefined) named.push({ by: 'external_id', user: owner });
  if (clerkUserId !== undefined) {
    named.push({ by: 'clerk_user_id', user: known.byClerkUserId(clerkUserId), clerkUserId });
  }
  if (atClerk !== null) {
    named.push({ by: 'external_id_at_clerk', user: known.byClerkUserId(atClerk), clerkUserId: atClerk });
  }
  if (email !== undefined && emailVerified === true) {
    const holder = known.withEmail(email).find(({ values }) => values.emailVerified);
    if (holder !== undefined) named.push({ by: 'verified_email', user: holder });
  }
  return named;
}

function decideNew(content: ImportedUser, known: KnownUsers): RowDecision {
  const { clerkUserId: _, ...values } = content;
  if (values.email === undefined && values.phoneNumber === undefined) return conflict('address_missing');
  const held = addressConflict(values, undefined, known) ?? stripeConflict(content, undefined, known);
  if (held !== undefined) return conflict(held);
  return { action: 'create', reason: 'new', user: null, sets: values, leaves: [] };
}

function decideKnown(content: ImportedUser, user: KnownUser, by: Reason, known: KnownUsers): RowDecision {
  const { externalId } = user.values;
  if (externalId !== null && content.externalId !== undefined && content.externalId !== externalId) {
    return conflict('external_id_differs', user);
  }
  const { sets, leaves } = changesOf(content, user);
  if (user.values.role === 'admin' && (sets.role !== undefined || sets.isActive !== undefined)) {
    return conflict('admin', user);
  }
  const held = addressConflict(sets, user, known) ?? stripeConflict(content, user, known);
  if (held !== undefined) return conflict(held, user);
  if (sets.stripeCustomerId !== undefined && user.values.stripeCustomerId !== null) {
    return conflict('stripe_customer_differs', user);
  }
  const isChanged = Object.keys(sets).length > 0;
  const action = sets.externalId !== undefined ? 'link' : isChanged ? 'update' : 'unchanged';
  return { action, reason: by, user, sets, leaves };
}

function stripeConflict(
  { stripeCustomerId }: ImportedUser,
  user: KnownUser | undefined,
  known: KnownUsers,
): Reason | undefined {
  if (stripeCustomerId === undefined) return undefined;
  const holder = known.byStripeCustomer(stripeCustomerId);
  return holder === undefined || holder.id === user?.id ? undefined : 'stripe_customer_held';
}

/** A decision that a person has to make. */
export function conflict(reason: Reason, user: KnownUser | null = null): RowDecision {
  return { action: 'conflict', reason, user, sets: {}, leaves: [] };
}
