import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type PublicMetadata } from '../clerk-user/company-metadata';
import { ClerkRequestError, UserMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';
import { type CallOptions } from './clerk-requests';

const userSchema = z.looseObject({
  id: z.string(),
  public_metadata: z.record(z.string(), z.unknown()).nullish(),
});
const listSchema = z.array(userSchema);

/**
 * Reads and writes users' `publicMetadata` at Clerk. Metadata belongs to the company, so only Gatehouse's keys are
 * written.
 */
@Injectable()
export class ClerkMetadata {
  constructor(private readonly clerk: ClerkJson) {}

  /** Metadata of at most 100 users by Clerk id, without users that Clerk does not know. @throws ClerkRequestError */
  async read(clerkUserIds: readonly string[], callOptions: CallOptions): Promise<ReadonlyMap<string, PublicMetadata>> {
    const query = new URLSearchParams([
      ['limit', String(clerkUserIds.length)],
      ...clerkUserIds.map((id): [string, string] => ['user_id', id]),
    ]);
    const request = { path: `/users?${query.toString()}`, schema: listSchema, missing: noList };
    const users = await this.clerk.ask(request, callOptions);
    return new Map(users.map(({ id, public_metadata: metadata }) => [id, metadata ?? {}]));
  }

  /** Merges values into a user's metadata. @throws UserMissingAtClerkError on 404, otherwise ClerkRequestError */
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
  return new ClerkRequestError('clerk', { status: 404 }, 'Clerk returned no list of users.');
}
