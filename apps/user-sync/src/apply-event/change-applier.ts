import { isTransactionConflict } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangeAnnouncer } from '../announce-changes/change-announcer';
import { guardDatabase } from '../database/guard-database';
import { type EndedSession, endTrust, findBarred } from '../end-trust/end-trust';
import { type AppliedRow, findApplied, recordApplied } from './applied-events';
import { type Applied, type Change } from './change';
import { foldChange } from './fold-change';
import { loadUsers } from './load-users';
import { lockClerkUsers } from './lock-clerk-users';
import { newUserId } from './new-user';
import { writeUsers } from './write-users';

/** How often a transaction that met a deadlock is tried in all; not counted as tries of the events in it. */
const MAX_TRANSACTIONS = 10;

/** The one way into the users table for whatever was seen of Clerk users, from whichever source. */
@Injectable()
export class ChangeApplier {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeAnnouncer) private readonly announcer: ChangeAnnouncer,
  ) {}

  /**
   * Applies the changes in one transaction, in their order, under a lock for each user; gives what became of each.
   * A change whose id was applied before changes nothing and repeats what was decided. Throws, and has written nothing,
   * when one of them cannot be written: DatabaseRefusedError, or SharedOutageError while the database is away.
   */
  async apply(changes: readonly Change[]): Promise<Applied[]> {
    if (changes.length === 0) return [];
    return guardDatabase(() => this.transact(changes));
  }

  private async transact(changes: readonly Change[]): Promise<Applied[]> {
    for (let transactions = 1; ; transactions += 1) {
      try {
        const { results, lastChange } = await this.dataSource.transaction((manager) => applyWithin(manager, changes));
        if (lastChange !== null) void this.announcer.announce();
        return results;
      } catch (error) {
        if (!isTransactionConflict(error) || transactions === MAX_TRANSACTIONS) throw error;
      }
    }
  }
}

async function applyWithin(
  manager: EntityManager,
  changes: readonly Change[],
): Promise<{ readonly results: Applied[]; readonly lastChange: number | null }> {
  const clerkUserIds = changes.map(({ clerkUserId }) => clerkUserId);
  await lockClerkUsers(manager, clerkUserIds);
  const applied = await findApplied(
    manager,
    changes.map(({ story }) => story.id),
  );
  const drafts = await loadUsers(manager, clerkUserIds);
  const rows: AppliedRow[] = [];
  const ended: EndedSession[] = [];
  const results = changes.map((change): Applied => {
    const before = applied.get(change.story.id);
    // A batch may hold one event twice: the second repeats the first.
    if (before !== undefined) return before;
    const draft = drafts.of(change.clerkUserId);
    const versionBefore = draft.version;
    const result = foldChange(draft, change, newUserId);
    if (!result.settled) return result;
    applied.set(change.story.id, { ...result, repeated: true });
    rows.push({ change, result, versionBefore, versionAfter: draft.version });
    if (change.endedSession !== undefined) ended.push({ id: change.endedSession, clerkUserId: change.clerkUserId });
    return result;
  });
  const barred = await findBarred(manager, drafts.all);
  await writeUsers(manager, drafts.all);
  await recordApplied(manager, rows);
  return { results, lastChange: await endTrust(manager, drafts.all, ended, barred) };
}
