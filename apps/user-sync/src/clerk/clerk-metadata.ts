import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { type PublicMetadata } from '../clerk-user/company-metadata';
import { ClerkJson } from './clerk-json';
import { type CallOptions } from './clerk-requests';

const userSchema = z.looseObject({
  id: z.string(),
  public_metadata: z.record(z.string(), z.unknown()).nullish(),
});
const listSchema = z.array(userSchema);

/** Users' `publicMetadata` at Clerk. It belongs to the company: only keys of ours are ever written. */
@Injectable()
export class ClerkMetadata {
  constructor(private readonly clerk: ClerkJson) {}

  /** Metadata of at most 100 users by Clerk id, without the users that Clerk does not know. Throws ClerkRequestError. */
  async read(clerkUserIds: readonly string[], callOptions: CallOptions): Promise<ReadonlyMap<string, PublicMetadata>> {
    const query = new URLSearchParams([
      ['limit', String(clerkUserIds.length)],
      ...clerkUserIds.map((id): [string, string] => ['user_id', id]),
    ]);
    const request = { path: `/users?${query.toString()}`, schema: listSchema, missing: noList };
    const users = await this.clerk.ask(request, callOptions);
    return new Map(users.map(({ id, public_metadata: metadata }) => [id, metadata ?? {}]));
  }

  /** Merges into what Clerk holds. Throws UserMissingAtClerkError, else ClerkRequestError. */
  async merge(clerkUserId: string, patch: PublicMetadata, callOptions: CallOptions): Promise<void> {
    await this.clerk.ask(
      {
        path: `/users/${encodeURIComponent(clerkUserId)}/metadata`,
        body: { public_metadata: patch },
        schema: userSchema,
        missing: () => new UserMissingAtClerkError(),
      },
      { ...callOptions, changesUser: true },
    );
  }
}

function noList(): Error {
  return new ClerkRequestError('clerk', { status: 404 }, 'Clerk has no list of users where it was asked for one');
}
