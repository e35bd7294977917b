import { clerkUserIdSchema, uuidSchema } from '@gatehouse/contracts';
import { Brackets, type SelectQueryBuilder, type WhereExpressionBuilder } from 'typeorm';
import { type UserEntity } from '../../database/user.entity';

/** The names that a search compares, as the index `users_names_idx` has them: a blank, then names, in lower case. */
export const searchedNames = `lower(' ' || u.full_name || ' ' || coalesce(u.owner_name, '') || ' ' || coalesce(u.shop_name, '')
  || ' ' || coalesce(u.username, ''))`;

/** Digits of a phone number that suffice to search for its end. */
const MIN_PHONE_DIGITS = 4;
const PHONE = /^\+?[\d\s().\-/]+$/;

type Query = SelectQueryBuilder<UserEntity>;

/** Restricts the query to users whom `q` identifies: see `searchUsers` for what it can be. */
export function searchAny(query: Query, q: string): Query {
  if (uuidSchema.safeParse(q).success) return query.andWhere('u.id = :q', { q: q.toLowerCase() });
  return query.andWhere(
    new Brackets((any) => {
      if (clerkUserIdSchema.safeParse(q).success) any.orWhere('u.clerk_user_id = :q', { q });
      if (q.startsWith('cus_')) any.orWhere('u.stripe_customer_id = :q', { q });
      if (isPhone(q)) any.orWhere(new Brackets((phone) => wherePhone(phone, q)));
      any.orWhere('lower(u.email) LIKE lower(:emailPrefix)', { emailPrefix: `${escaped(q)}%` });
      // A name has no `@`.
      if (!q.includes('@')) any.orWhere(new Brackets((names) => whereNames(names, q, 'qWord')));
    }),
  );
}

/** Restricts the query to users with this phone number, or one that ends with these digits. */
export function searchPhone(query: Query, phone: string): Query {
  return query.andWhere(new Brackets((where) => wherePhone(where, phone)));
}

/** Restricts the query to users who have every word of `name` in one of their names. */
export function searchNames(query: Query, name: string): Query {
  return query.andWhere(new Brackets((where) => whereNames(where, name, 'nameWord')));
}

function isPhone(text: string): boolean {
  return PHONE.test(text) && text.replace(/\D/g, '').length >= MIN_PHONE_DIGITS;
}

/**
 * With `+`, the whole number. Otherwise its end, without the leading zeros of a national number: `0151 234` finds
 * `+49151234`.
 */
function wherePhone(where: WhereExpressionBuilder, phone: string): void {
  const digits = phone.replace(/\D/g, '');
  if (phone.startsWith('+')) {
    where.where('u.phone_number = :phone', { phone: `+${digits}` });
  } else {
    const national = digits.replace(/^0+/, '');
    const end = national.length < MIN_PHONE_DIGITS ? digits : national;
    where.where('reverse(u.phone_number) LIKE reverse(:phoneEnd)', { phoneEnd: `%${end}` });
  }
}

/** `parameter`: beginning of the names of the parameters; unique in the query. */
function whereNames(where: WhereExpressionBuilder, text: string, parameter: string): void {
  for (const [n, word] of text.split(/\s+/u).entries()) {
    where.andWhere(`${searchedNames} LIKE lower(:${parameter}${n})`, { [`${parameter}${n}`]: patternOf(word) });
  }
}

/**
 * Pattern of a name that has `word` in it. An index of trigrams cannot find fewer than three letters or digits inside
 * a word, so these must begin a word.
 */
function patternOf(word: string): string {
  const isInside = /[\p{L}\p{N}]{3}/u.test(word);
  return `%${isInside ? '' : ' '}${escaped(word)}%`;
}

function escaped(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}
