import { z } from 'zod';
import { type ClerkUser } from '../clerk/user';
import { FormInvalidError } from '../errors';
import { wholeNumberParam } from '../http/common.schemas';
import { byCreation, type UserStore } from './user.store';

const FILTER_LIMIT = 100;
const many = z
  .union([z.string(), z.array(z.string())])
  .transform((value) => [value].flat())
  .refine((values) => values.length <= FILTER_LIMIT, `must have at most ${FILTER_LIMIT} values.`)
  .optional();
const time = wholeNumberParam(0, Number.MAX_SAFE_INTEGER).optional();

const ORDER_FIELDS = [
  'created_at',
  'updated_at',
  'email_address',
  'web3wallet',
  'first_name',
  'last_name',
  'phone_number',
  'username',
  'last_active_at',
  'last_sign_in_at',
] as const;
type OrderField = (typeof ORDER_FIELDS)[number];

/**
 * The field to order by, with an optional sign. A space means `+`, because a literal `+` in a query string is decoded
 * as a space.
 */
const orderBy = z
  .string()
  .regex(new RegExp(`^[-+ ]?(${ORDER_FIELDS.join('|')})$`), `must be one of ${ORDER_FIELDS.join(', ')}, signed + or -.`)
  .transform((text) => ({ field: text.replace(/^[-+ ]/, '') as OrderField, descending: text.startsWith('-') }));

/** Filters of users, for listing and for counting. */
export const userFilterParams = z.object({
  email_address: many,
  phone_number: many,
  username: many,
  external_id: many,
  user_id: many,
  web3_wallet: many,
  organization_id: many,
  query: z.string().optional(),
  created_at_after: time,
  created_at_before: time,
  last_active_at_after: time,
  last_active_at_before: time,
  last_active_at_since: time,
  last_sign_in_at_after: time,
  last_sign_in_at_before: time,
});
export type UserFilter = z.output<typeof userFilterParams>;

export const listUsersParams = userFilterParams.extend({
  limit: wholeNumberParam(1, 500).default(10),
  offset: wholeNumberParam(0, Number.MAX_SAFE_INTEGER).default(0),
  order_by: orderBy.default({ field: 'created_at', descending: true }),
  starting_after: z.string().optional(),
});
export type ListUsersParams = z.output<typeof listUsersParams>;

/**
 * One page of users. If users are created or deleted between two pages, paging by `offset` can return a user twice or
 * skip a user. Paging by `starting_after` cannot.
 */
export function listUsers(store: UserStore, params: ListUsersParams): ClerkUser[] {
  const { field, descending } = params.order_by;
  const cursor = cursorOf(store, params);
  if (field === 'created_at') return pageByCreation(store, params, cursor);
  const matching = candidates(store, params).filter((user) => matches(user, params, isOneOf));
  const ordered = matching.sort((a, b) => compare(sortKey(a, field), sortKey(b, field)));
  if (descending) ordered.reverse();
  return ordered.slice(params.offset, params.offset + params.limit);
}

/**
 * Number of matching users. As at Clerk, a part of an address, number or username is enough to match; {@link listUsers}
 * needs the whole value.
 */
export function countUsers(store: UserStore, filter: UserFilter): number {
  if (Object.values(filter).every((value) => value === undefined)) return store.size;
  return candidates(store, { user_id: filter.user_id }).filter((user) => matches(user, filter, isPartOf)).length;
}

/**
 * One page in order of creation. Scans from the cursor, or from one end of the list, and stops when the page is full.
 */
function pageByCreation(store: UserStore, params: ListUsersParams, cursor: ClerkUser | undefined): ClerkUser[] {
  const all = store.oldestFirst();
  const { descending } = params.order_by;
  const found = candidates(store, params);
  const narrowed = found.length < all.length;
  const list = narrowed ? [...found].sort(byCreation) : all;
  const step = descending ? -1 : 1;
  let at = descending ? list.length - 1 : 0;
  if (cursor && !narrowed) at = store.placeOf(cursor) + step;
  let toSkip = cursor ? 0 : params.offset;
  const page: ClerkUser[] = [];
  for (; at >= 0 && at < list.length && page.length < params.limit; at += step) {
    const user = list[at];
    if (!user || (cursor && narrowed && step * byCreation(user, cursor) <= 0)) continue;
    if (!matches(user, params, isOneOf)) continue;
    if (toSkip > 0) toSkip--;
    else page.push(user);
  }
  return page;
}

/**
 * Users who may match `filter`, without duplicates; the caller checks every filter. Looks up the first filter that is
 * given, in this order: `user_id`, `email_address`, `phone_number`, `external_id`, `username`. If none of the five is
 * given, returns all users.
 */
function candidates(store: UserStore, filter: Partial<UserFilter>): readonly ClerkUser[] {
  const { user_id, email_address, phone_number, external_id, username } = filter;
  const found =
    user_id?.map((id) => store.find(id)) ??
    email_address?.flatMap((value) => store.holdersOf('email_address', value)) ??
    phone_number?.flatMap((value) => store.holdersOf('phone_number', value)) ??
    external_id?.map((value) => store.ownerOf('external_id', value)) ??
    username?.map((value) => store.ownerOf('username', value));
  if (!found) return store.oldestFirst();
  return [...new Set(found.filter((user) => user !== undefined))];
}

/**
 * The user that `starting_after` names.
 * @throws ResourceNotFoundError when there is no such user, FormInvalidError when the list is not ordered by `created_at`
 */
function cursorOf(store: UserStore, params: ListUsersParams): ClerkUser | undefined {
  if (params.starting_after === undefined) return undefined;
  if (params.order_by.field !== 'created_at') {
    const longMessage = 'starting_after can be used only when ordering by created_at.';
    throw new FormInvalidError([
      { code: 'form_param_value_invalid', message: 'is invalid', longMessage, meta: { param_name: 'starting_after' } },
    ]);
  }
  return store.get(params.starting_after);
}

type TextMatch = (wanted: readonly string[], actual: readonly (string | null)[]) => boolean;

const isOneOf: TextMatch = (wanted, actual) =>
  wanted.some((value) => actual.some((own) => own?.toLowerCase() === value.toLowerCase()));
const isPartOf: TextMatch = (wanted, actual) =>
  wanted.some((value) => actual.some((own) => own?.toLowerCase().includes(value.toLowerCase())));

function matches(user: ClerkUser, filter: UserFilter, byText: TextMatch): boolean {
  return (
    (!filter.user_id || filter.user_id.includes(user.id)) &&
    (!filter.external_id || (user.external_id !== null && filter.external_id.includes(user.external_id))) &&
    (!filter.email_address || byText(filter.email_address, emailsOf(user))) &&
    (!filter.phone_number || byText(filter.phone_number, phonesOf(user))) &&
    (!filter.username || byText(filter.username, [user.username])) &&
    (!filter.query || isPartOf([filter.query], everythingOf(user))) &&
    !filter.web3_wallet &&
    !filter.organization_id &&
    within(user.created_at, filter.created_at_after, filter.created_at_before) &&
    within(user.last_active_at, filter.last_active_at_after, filter.last_active_at_before) &&
    within(user.last_active_at, filter.last_active_at_since, undefined) &&
    within(user.last_sign_in_at, filter.last_sign_in_at_after, filter.last_sign_in_at_before)
  );
}

const emailsOf = (user: ClerkUser) => user.email_addresses.map((email) => email.email_address);
const phonesOf = (user: ClerkUser) => user.phone_numbers.map((phone) => phone.phone_number);
const everythingOf = (user: ClerkUser) => [
  ...emailsOf(user),
  ...phonesOf(user),
  user.username,
  user.first_name,
  user.last_name,
  user.id,
];

function within(value: number | null, after: number | undefined, before: number | undefined): boolean {
  if (after === undefined && before === undefined) return true;
  return value !== null && value >= (after ?? -Infinity) && value <= (before ?? Infinity);
}

function sortKey(user: ClerkUser, field: OrderField): string | number | null {
  switch (field) {
    case 'email_address':
      return user.email_addresses.find((email) => email.id === user.primary_email_address_id)?.email_address ?? null;
    case 'phone_number':
      return user.phone_numbers.find((phone) => phone.id === user.primary_phone_number_id)?.phone_number ?? null;
    case 'web3wallet':
      return null;
    case 'created_at':
    case 'updated_at':
    case 'first_name':
    case 'last_name':
    case 'username':
    case 'last_active_at':
    case 'last_sign_in_at':
      return user[field];
  }
}

/** Compares two values for sorting. Null is smaller than every other value. */
function compare(a: string | number | null, b: string | number | null): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  return a < b ? -1 : 1;
}
