import { type ImportedUser } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkDirectory } from '../../clerk/clerk-directory';
import { guardDatabase } from '../../database/guard-database';

/** Clerk takes at most 100 external ids or Clerk ids. Their total length is bounded too, because they are in the URL. */
const MAX_IDS = 100;
const MAX_LENGTH = 4_000;

/** What Clerk says about the external id of a row. */
export interface ClerkNames {
  /** By external id: the Clerk id of the user who has it at Clerk. */
  readonly byExternalId: ReadonlyMap<string, string>;
  /** By Clerk id: the external id at Clerk of a user whom rows name otherwise. */
  readonly externalIds: ReadonlyMap<string, string>;
}

/** Finds out which users of Clerk have the external ids of rows, and which external ids the users of rows have there. */
@Injectable()
export class ClerkNameFinder {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clerk: ClerkDirectory,
  ) {}

  /** Asks Clerk about the external ids that none of our users has. */
  async find(rows: readonly ImportedUser[]): Promise<ClerkNames> {
    const given = rows.flatMap(({ externalId }) => externalId ?? []);
    const ours = await this.query('SELECT external_id AS id FROM users WHERE external_id = ANY($1::text[])', given);
    const unlinked = rows.filter(({ externalId }) => externalId !== undefined && !ours.has(externalId));
    const byExternalId = new Map<string, string>();
    for (const ids of groupsOf(unlinked.flatMap(({ externalId }) => externalId ?? []))) {
      for (const [externalId, id] of await this.clerk.withExternalIds(ids)) byExternalId.set(externalId, id);
    }
    const unanswered = unlinked.filter(({ externalId = '' }) => !byExternalId.has(externalId));
    const externalIds = new Map<string, string>();
    for (const ids of groupsOf(await this.clerkUsersOf(unanswered))) {
      for (const [externalId, id] of await this.clerk.externalIdsOf(ids)) externalIds.set(id, externalId);
    }
    return { byExternalId, externalIds };
  }

  /** Clerk ids of the users whom rows name by the Clerk id or a verified e-mail address. */
  private async clerkUsersOf(rows: readonly ImportedUser[]): Promise<string[]> {
    const emails = rows.flatMap(({ clerkUserId, email, emailVerified }) =>
      clerkUserId === undefined && emailVerified === true && email !== undefined ? [email] : [],
    );
    const holders = await this.query(
      `SELECT users.clerk_user_id AS id FROM unnest($1::text[]) AS wanted(email)
         JOIN users ON lower(users.email) = lower(wanted.email)
        WHERE users.email_verified AND users.deleted_at IS NULL AND users.clerk_user_id IS NOT NULL`,
      emails,
    );
    return [...new Set([...rows.flatMap(({ clerkUserId }) => clerkUserId ?? []), ...holders])];
  }

  private async query(text: string, values: readonly string[]): Promise<ReadonlySet<string>> {
    if (values.length === 0) return new Set();
    const rows = await guardDatabase(() => this.dataSource.query<{ id: string }[]>(text, [values]));
    return new Set(rows.map(({ id }) => id));
  }
}

function groupsOf(ids: readonly string[]): string[][] {
  const groups: string[][] = [];
  let length = 0;
  for (const id of ids) {
    const last = groups.at(-1);
    const size = encodeURIComponent(id).length;
    if (last === undefined || last.length === MAX_IDS || length + size > MAX_LENGTH) {
      groups.push([id]);
      length = size;
    } else {
      last.push(id);
      length += size;
    }
  }
  return groups;
}
