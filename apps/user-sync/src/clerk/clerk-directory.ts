import { clerkUserSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { CursorGoneError, UserMissingAtClerkError } from '../errors';
import { type MappedUser, mapClerkUser } from '../clerk-user/map-clerk-user';
import { ClerkJson } from './clerk-json';

const TIMEOUT_MS = 20_000;
/** The most that Clerk gives at once. */
const MAX_PAGE = 500;

const listSchema = z.array(clerkUserSchema);
const countSchema = z.looseObject({ total_count: z.number().int().nonnegative() });
const instanceSchema = z.looseObject({ id: z.string().min(1).max(120) });

/** Clerk's users as a whole: what a walk over all of them asks for. The SDK knows no `starting_after`. */
@Injectable()
export class ClerkDirectory {
  constructor(private readonly clerk: ClerkJson) {}

  /**
   * The next users in order of creation, oldest first; at most 500. Throws CursorGoneError when Clerk does not know the
   * user to go on after, else ClerkRequestError.
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

  /** Those of these users whom Clerk knows; at most 100. */
  async among(clerkUserIds: readonly string[]): Promise<MappedUser[]> {
    const query = new URLSearchParams([
      ['limit', String(MAX_PAGE)],
      ...clerkUserIds.map((id): [string, string] => ['user_id', id]),
    ]);
    const users = await this.get(`/users?${query.toString()}`, listSchema);
    return users.map((user) => mapClerkUser(user, Date.now()));
  }

  /** How many users Clerk holds. */
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
