import { type ParsedRequestOf, type searchUsers } from '@gatehouse/contracts';
import { type EntityManager, In, type SelectQueryBuilder } from 'typeorm';
import { UserEntity } from '../../database/user.entity';
import { searchAny, searchNames, searchPhone } from './user-search';

/** Filters of a list of users. */
export type UserFilters = ParsedRequestOf<typeof searchUsers>;

/** A query of users, `u`. */
export type UserQuery = SelectQueryBuilder<UserEntity>;

/** Order of a list, and from which row on. */
export interface UserOrder {
  readonly column: 'createdAt' | 'updatedAt';
  readonly direction: 'ASC' | 'DESC';
  /** Restricts the query to rows of this page and later pages. */
  readonly begin: (query: UserQuery) => void;
}

/** Most users that match a text and are sorted; a text that matches more is looked up in the order of the list. */
const MAX_SORTED = 2_000;

/** Finds the users of a page, and one more, which shows whether there is a next page. */
export function findUsers(manager: EntityManager, filters: UserFilters, order: UserOrder): Promise<UserEntity[]> {
  if (filters.q === undefined && filters.name === undefined) {
    return inOrder(queryOf(manager, filters, order), filters, order);
  }
  return manager.transaction((own) => findByText(own, filters, order));
}

/**
 * Finds users by a text. PostgreSQL cannot estimate well how many users match. It may read the whole table in the order
 * of the list, for a few matches. So this first reads up to {@link MAX_SORTED} matches by the indexes for searching.
 */
async function findByText(manager: EntityManager, filters: UserFilters, order: UserOrder): Promise<UserEntity[]> {
  // Leaves bitmap scans, which combine the indexes for searching.
  await manager.query(`SELECT set_config('enable_seqscan', 'off', true), set_config('enable_indexscan', 'off', true)`);
  const found = await queryOf(manager, filters, order)
    .select('u.id', 'id')
    .limit(MAX_SORTED + 1)
    .getRawMany<{ id: string }>();
  await manager.query(`SELECT set_config('enable_seqscan', 'on', true), set_config('enable_indexscan', 'on', true)`);
  if (found.length > MAX_SORTED) return inOrder(queryOf(manager, filters, order), filters, order);
  return manager.find(UserEntity, {
    where: { id: In(found.map(({ id }) => id)) },
    order: { [order.column]: order.direction, id: order.direction },
    take: filters.limit + 1,
  });
}

function inOrder(query: UserQuery, { limit }: UserFilters, { column, direction }: UserOrder): Promise<UserEntity[]> {
  return query
    .orderBy(`u.${column}`, direction)
    .addOrderBy('u.id', direction)
    .limit(limit + 1)
    .getMany();
}

function queryOf(manager: EntityManager, filters: UserFilters, { begin }: UserOrder): UserQuery {
  const { q, id, email, phone, name, clerkUserId, role, tier, active, deleted } = filters;
  const query = manager.createQueryBuilder(UserEntity, 'u');
  begin(query);
  if (q !== undefined) searchAny(query, q);
  if (phone !== undefined) searchPhone(query, phone);
  if (name !== undefined) searchNames(query, name);
  if (id !== undefined) query.andWhere('u.id = :id', { id });
  if (email !== undefined) query.andWhere('lower(u.email) = lower(:email)', { email });
  if (clerkUserId !== undefined) query.andWhere('u.clerkUserId = :clerkUserId', { clerkUserId });
  if (role !== undefined) query.andWhere('u.role = :role', { role });
  if (tier !== undefined) query.andWhere('u.subscription = :tier', { tier });
  if (active !== undefined) query.andWhere(active ? 'u.isActive' : 'NOT u.isActive');
  if (deleted !== undefined) query.andWhere(`u.deletedAt IS ${deleted ? 'NOT NULL' : 'NULL'}`);
  return query;
}
