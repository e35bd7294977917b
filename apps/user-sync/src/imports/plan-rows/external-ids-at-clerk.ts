import { type ImportedUser } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkDirectory } from '../../clerk/clerk-directory';
import { guardDatabase } from '../../database/guard-database';

/** Clerk takes at most 100 external ids. Their total length is bounded too, because they are in the URL. */
const MAX_IDS = 100;
const MAX_LENGTH = 4_000;

/** Finds out which users of Clerk have the external ids of rows. */
@Injectable()
export class ExternalIdsAtClerk {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clerk: ClerkDirectory,
  ) {}

  /**
   * By external id: the Clerk id of the user who has it at Clerk. Does not ask about rows with a Clerk id, and about
   * external ids that our users already have.
   */
  async find(rows: readonly ImportedUser[]): Promise<ReadonlyMap<string, string>> {
    const wanted = rows.flatMap(({ externalId, clerkUserId }) =>
      externalId === undefined || clerkUserId !== undefined ? [] : [externalId],
    );
    const known = await guardDatabase(() =>
      this.dataSource.query<{ external_id: string }[]>(
        'SELECT external_id FROM users WHERE external_id = ANY($1::text[])',
        [wanted],
      ),
    );
    const ours = new Set(known.map(({ external_id }) => external_id));
    const found = new Map<string, string>();
    for (const ids of groupsOf(wanted.filter((id) => !ours.has(id)))) {
      for (const [externalId, id] of await this.clerk.withExternalIds(ids)) found.set(externalId, id);
    }
    return found;
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
