import { clerkUserIdSchema, clerkUserSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type MappedUser, mapClerkUser } from '../clerk-user/map-clerk-user';
import { CursorGoneError, UserMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';

const TIMEOUT_MS = 20_000;
/** Clerk's maximum page size. */
const MAX_PAGE = 500;

const listSchema = z.array(clerkUserSchema);
const externalIdsSchema = z.array(z.looseObject({ id: clerkUserIdSchema, external_id: z.string().nullish() }));
const countSchema = z.looseObject({ total_count: z.number().int().nonnegative() });
const instanceSchema = z.looseObject({ id: z.string().min(1).max(120) });

/** Lists and counts Clerk's users for reconcile runs and imports, and reads the id of the Clerk instance. */
@Injectable()
export class ClerkDirectory {
  constructor(private readonly clerk: ClerkJson) {}

  /**
   * The next page of users, oldest first, at most 500. `cursor`: Clerk id of the last user of the previous page.
   * @throws CursorGoneError when Clerk does not know that user, otherwise ClerkRequestError
   */
  async after(cursor: string | undefined): Promise<MappedUser[]> {
    const query = { limit: String(MAX_PAGE), order_by: '+created_at' };
    const page = await this.get(
      `/users?${new URLSearchParams(cursor === undefined ? query : { ...query, starting_after: cursor }).toString()}`,
      listSchema,
      () => new CursorGoneError(),
    );
    return page.map((user) => mapClerkUser(user, Date.now()));
  }

  /** The users that Clerk knows among these ids; at most 100 ids. */
  async among(clerkUserIds: readonly string[]): Promise<MappedUser[]> {
    const query = new URLSearchParams([
      ['limit', String(MAX_PAGE)],
      ...clerkUserIds.map((id): [string, string] => ['user_id', id]),
    ]);
    const users = await this.get(`/users?${query.toString()}`, listSchema);
    return users.map((user) => mapClerkUser(user, Date.now()));
  }

  /** By external id: the Clerk id of the user who has it; at most 100 external ids. */
  async withExternalIds(externalIds: readonly string[]): Promise<Map<string, string>> {
    const query = new URLSearchParams([
      ['limit', String(MAX_PAGE)],
      // Clerk reads a leading - as "all but this one", and a leading + as "this one".
      ...externalIds.map((id): [string, string] => ['external_id', /^[+-]/.test(id) ? `+${id}` : id]),
    ]);
    return byExternalId(await this.get(`/users?${query.toString()}`, externalIdsSchema));
  }

  /** By external id: the Clerk id of its user, for the users among these Clerk ids who have one; at most 100 ids. */
  async externalIdsOf(clerkUserIds: readonly string[]): Promise<Map<string, string>> {
    const query = new URLSearchParams([
      ['limit', String(MAX_PAGE)],
      ...clerkUserIds.map((id): [string, string] => ['user_id', id]),
    ]);
    return byExternalId(await this.get(`/users?${query.toString()}`, externalIdsSchema));
  }

  /** Number of users at Clerk. */
  async count(): Promise<number> {
    return (await this.get('/users/count', countSchema)).total_count;
  }

  /**
   * The instance (`ins_…`) that the secret key belongs to.
   * @see https://clerk.com/docs/reference/backend-api/tag/instance-settings/GET/instance
   */
  async instanceId(timeoutMs = TIMEOUT_MS): Promise<string> {
    return (await this.get('/instance', instanceSchema, undefined, timeoutMs)).id;
  }

  private get<Schema extends z.ZodType>(
    path: string,
    schema: Schema,
    missing: () => Error = () => new UserMissingAtClerkError(),
    timeoutMs = TIMEOUT_MS,
  ): Promise<z.output<Schema>> {
    return this.clerk.ask({ path, schema, missing }, { priority: 'reconcile', timeoutMs });
  }
}

function byExternalId(users: z.output<typeof externalIdsSchema>): Map<string, string> {
  return new Map(users.flatMap(({ id, external_id }) => (external_id ? [[external_id, id]] : [])));
}
