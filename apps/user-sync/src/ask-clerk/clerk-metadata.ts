import { type Role } from '@gatehouse/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';

/** What Clerk is to know of a user here; in `publicMetadata`, where its session tokens can show it. */
export interface UserAtClerk {
  /** Our id. */
  readonly dbId: string;
  readonly role: Role;
}

const userSchema = z.looseObject({
  id: z.string(),
  public_metadata: z.record(z.string(), z.unknown()).nullish(),
});
const listSchema = z.array(userSchema);

/** The keys of ours in Clerk's `publicMetadata`; all others are somebody else's and stay as they are. */
@Injectable()
export class ClerkMetadata {
  constructor(@Inject(ClerkJson) private readonly clerk: ClerkJson) {}

  /** Those of these users, at most 100 by Clerk id, of whom Clerk holds exactly this. Throws ClerkRequestError. */
  async holding(users: ReadonlyMap<string, UserAtClerk>, timeoutMs: number): Promise<ReadonlySet<string>> {
    const ids = [...users.keys()];
    const query = new URLSearchParams([
      ['limit', String(ids.length)],
      ...ids.map((id): [string, string] => ['user_id', id]),
    ]);
    const found = await this.clerk.ask(
      { path: `/users?${query.toString()}`, schema: listSchema, missing: noList },
      { lane: 'write_back', timeoutMs },
    );
    const same = found.filter(({ id, public_metadata: held }) => {
      const wanted = users.get(id);
      return wanted !== undefined && held?.dbId === wanted.dbId && held.role === wanted.role;
    });
    return new Set(same.map(({ id }) => id));
  }

  /** Merges our keys into what Clerk holds. Throws UserMissingAtClerkError, else ClerkRequestError. */
  async write(clerkUserId: string, { dbId, role }: UserAtClerk, timeoutMs: number): Promise<void> {
    await this.clerk.ask(
      {
        path: `/users/${encodeURIComponent(clerkUserId)}/metadata`,
        body: { public_metadata: { dbId, role } },
        schema: userSchema,
        missing: () => new UserMissingAtClerkError(),
      },
      { lane: 'write_back', timeoutMs, changesUser: true },
    );
  }
}

function noList(): Error {
  return new ClerkRequestError('clerk', { status: 404 }, 'Clerk has no list of users where it was asked for one');
}
