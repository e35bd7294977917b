import { isTransactionConflict, isUniqueViolation, runStatements, write } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { CONFIG, type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import { repeatOnConflict } from '../../database/repeat-on-conflict';
import { type EndedSession, endTrust } from './end-trust';
import { NotTogetherError } from '../../errors';
import { type MetadataRules } from '../../clerk-user/company-metadata';
import { noteConflicts } from './conflict-notes';
import { findContention } from './contention';
import { oweForBatch } from './queue-for-batch';
import { type SettlementPlan, adoptLocalUser, releaseAddresses, releaseSteps } from './settlement-plan';
import { ClerkMovements } from './clerk-movements';
import { type AppliedRow, findApplied, recordApplied } from './applied-events';
import { type Applied, type Change, type Settled } from '../observation/observation';
import { foldChange } from '../draft/fold-observation';
import { loadUsers } from '../draft/load-users';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { newUserId } from '../../user-rows/new-user';
import { type UserDraft } from '../draft/user-draft';
import { confirmDeletions, writeUsers } from './write-users';

/** The one way into the users table for whatever was seen of Clerk users, from whichever source. */
@Injectable()
export class ChangeApplier {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ChangeAnnouncer) private readonly announcer: Pick<ChangeAnnouncer, 'announce'>,
    @Inject(ClerkMovements) private readonly movements: Pick<ClerkMovements, 'noteApplied'>,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata'>,
  ) {}

  /**
   * Applies the changes in one transaction, in their order, under a lock for each user; gives what became of each.
   * A change whose id was applied before changes nothing and repeats what was decided. Throws, and has written nothing,
   * when one of them cannot be written: DatabaseRefusedError, or SharedOutageError while the database is away.
   *
   * With a plan it writes all changes or, when one of them cannot be settled, nothing: NotTogetherError.
   */
  async apply(changes: readonly Change[], plan?: SettlementPlan): Promise<Applied[]> {
    if (changes.length === 0) return [];
    return guardDatabase(() => this.transact(changes, plan));
  }

  private async transact(changes: readonly Change[], plan: SettlementPlan | undefined): Promise<Applied[]> {
    const { results, lastChange } = await repeatOnConflict(
      () => this.dataSource.transaction((manager) => applyWithin(manager, changes, plan, this.config.metadata)),
      isWorthAnother,
    );
    if (lastChange !== null) void this.announcer.announce();
    this.movements.noteApplied(changes, results);
    return results;
  }
}

/** All that a batch reads and writes it finds by key: a plan that was made for a small table must not outlive it. */
const byIndexAlone = write('by-index-alone', `SELECT set_config('enable_seqscan', 'off', true)`, []);

/** A deadlock, or somebody else took an address or made the user between our look and our write. */
function isWorthAnother(error: unknown): boolean {
  return isTransactionConflict(error) || isUniqueViolation(error);
}

async function applyWithin(
  manager: EntityManager,
  changes: readonly Change[],
  plan: SettlementPlan | undefined,
  rules: MetadataRules,
): Promise<{ readonly results: Applied[]; readonly lastChange: number | null }> {
  const clerkUserIds = changes.map(({ clerkUserId }) => clerkUserId);
  const forsaken = plan?.forsaken ?? [];
  const [, , applied, drafts] = await runStatements(manager, [
    byIndexAlone,
    lockClerkUsers([...clerkUserIds, ...forsaken.map(({ clerkUserId }) => clerkUserId)]),
    findApplied(changes.map(({ story }) => story.id)),
    loadUsers(clerkUserIds),
  ]);
  plan?.link.forEach((localUserId, clerkUserId) => drafts.of(clerkUserId).adopt(localUserId));
  const rows: AppliedRow[] = [];
  const folded = changes.map((change): Applied => {
    const before = applied.get(change.story.id);
    // A batch may hold one event twice: the second repeats the first.
    if (before !== undefined) return before;
    const draft = drafts.of(change.clerkUserId);
    const versionBefore = draft.version;
    const result = foldChange(draft, change, newUserId, rules);
    if (!result.settled) return result;
    const settled = leaveAddresses(draft, change, result, plan);
    applied.set(change.story.id, { ...settled, repeated: true });
    rows.push({ change, result: settled, versionBefore, versionAfter: draft.version });
    return settled;
  });
  const contention = await findContention(manager, drafts.all, forsaken);
  const results = folded.map((result, index): Applied => {
    const contested = contention.contested.has(clerkUserIds[index] ?? '');
    return contested && result.settled && !result.repeated ? resolveFirst : result;
  });
  if (plan !== undefined) await settleTogether(manager, drafts.all, results);
  const written = drafts.all.filter(({ clerkUserId }) => !contention.contested.has(clerkUserId));
  const writtenRows = rows.filter(({ change }) => !contention.contested.has(change.clerkUserId));
  const released = releaseSteps(forsaken, changes[0]?.story.correlationId ?? '');
  await runStatements(manager, [
    ...releaseAddresses(forsaken, true),
    ...releaseAddresses(contention.release),
    ...writeUsers(written, rules),
    ...oweForBatch(written, changes, rules.key),
    ...confirmDeletions(writtenRows),
    ...noteConflicts(written, [...(plan?.notes ?? []), ...contention.notes]),
    ...recordApplied([...writtenRows.filter(isWorthTelling), ...released]),
  ]);
  return { results, lastChange: await endTrust(manager, written, endedSessions(writtenRows)) };
}

/** Has a user stored without the addresses that the plan gives to another, and says so. */
function leaveAddresses(draft: UserDraft, change: Change, result: Settled, plan: SettlementPlan | undefined): Settled {
  const kinds = plan?.withhold.get(change.clerkUserId);
  if (kinds === undefined || !('user' in change.seen)) return result;
  draft.leave(kinds, change.seen.user);
  const decision = draft.content === undefined ? 'duplicate' : result.decision === 'create' ? 'create' : 'apply';
  return { ...result, decision, reason: `${result.reason}; its ${[...kinds].join(' and ')} is left to another user` };
}

const resolveFirst: Applied = {
  settled: false,
  wants: 'resolve',
  reason: 'another live user holds an address of this one; Clerk is asked who does',
};

/** Throws NotTogetherError, which leaves the transaction, unless every change is settled and every link still holds. */
async function settleTogether(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  results: readonly Applied[],
): Promise<void> {
  for (const { adopted, clerkUserId, content } of drafts) {
    if (adopted === undefined) continue;
    const isAdopted = content !== undefined && (await adoptLocalUser(manager, adopted, clerkUserId, content.columns));
    if (!isAdopted) throw new NotTogetherError('resolve');
  }
  const wants = results.flatMap((result) => (result.settled ? [] : [result.wants]));
  // One who waits for a second answer from Clerk is what makes others contested: it has to be heard first.
  const [first] = wants.includes('fetch-later') ? (['fetch-later'] as const) : wants;
  if (first !== undefined) throw new NotTogetherError(first);
}

/** A walk over all users that finds one as it should be leaves its mark elsewhere. */
function isWorthTelling({ change, result }: AppliedRow): boolean {
  return change.story.source !== 'reconcile' || !['duplicate', 'tombstoned'].includes(result.decision);
}

function endedSessions(rows: readonly AppliedRow[]): EndedSession[] {
  return rows.flatMap(({ change: { endedSession, clerkUserId } }) =>
    endedSession === undefined ? [] : [{ id: endedSession, clerkUserId }],
  );
}
