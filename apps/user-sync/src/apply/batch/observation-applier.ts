import {
  isTransactionConflict,
  isUniqueViolation,
  repeatOnConflict,
  runStatements,
  write,
} from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { guardDatabase } from '../../database/guard-database';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { ConflictChangedError } from '../../errors';
import { CONFIG } from '../../tokens';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { loadDrafts } from '../draft/load-drafts';
import { type UserDraft, adoptedUserOf, contentOf } from '../draft/user-draft';
import { type ApplyResult, type Observation } from '../observation/observation';
import { type AddressPlan, adoptLocalUser, releaseAddresses, releaseSteps } from './address-plan';
import { type AppliedRow, findApplied, recordApplied } from './applied-events';
import { ClerkMovements } from './clerk-movements';
import { noteConflicts } from './conflict-notes';
import { findContention } from './contention';
import { type EndedSession, endTrust } from './end-trust';
import { foldBatch } from './fold-batch';
import { type StartedSession, keepStartedSessions } from '../../trust-changes/session-standing';
import { queueForBatch } from './queue-for-batch';
import { type CreationRules, confirmDeletions, writeUsers } from './write-users';

/*
 * `applyWithin` writes a batch of observations in one transaction. Its groups of statements, in order:
 *
 *  1. byIndexOnly. First: a setting only affects statements that are planned after it.
 *  2. lockClerkUsers. Before every read: what is read under the lock cannot change until the commit.
 *  3. findApplied, loadDrafts. After 2, so that they see what the previous holder of a lock committed.
 *  4. findContention locks addresses, then reads their holders. After 2: every transaction locks users before
 *     addresses, which excludes deadlocks. After 3, because the fold decides which addresses the batch wants.
 *  5. adoptLocalUser, only with a plan. After 4: the address locks keep other transactions from linking the same local
 *     user. Before 6 and 7, which overwrite the addresses that it checks.
 *  6. releaseAddresses. Before 7: unique indexes are checked row by row, so an address must be free when it is written.
 *  7. writeUsers; its own comment explains the order inside. Before 8, which refers to rows that 7 inserts.
 *  8. queueForBatch, confirmDeletions. After 7: a write-back has a foreign key to its user, and one batch may both
 *     delete a user in a way that can be undone and make that deletion final. keepStartedSessions could stand anywhere
 *     after 2.
 *  9. noteConflicts, recordApplied. After 4, which finds the conflicts, and before 10. Statements 6 to 8 do not depend
 *     on 9.
 * 10. endTrust. Last: it locks the counter of trust changes until the commit. Every transaction that changes trust
 *     needs that lock. If one waited for another lock while it holds this one, all others would wait as well.
 *
 * 1 to 3 are one round trip, and 6 to 9 are another.
 */

/** Applies observations of Clerk users. Every value from Clerk reaches the table `users` through this class. */
@Injectable()
export class ObservationApplier {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
    @Inject(ClerkMovements) private readonly movements: Pick<ClerkMovements, 'noteApplied'>,
    @Inject(CONFIG) private readonly config: CreationRules,
  ) {}

  /**
   * Applies the observations in one transaction, in order. Returns one result per observation. An observation whose id
   * was applied before changes nothing and returns the earlier decision. An observation that needs an answer from Clerk
   * is returned as unsettled and not written.
   *
   * With a plan, writes all observations or none.
   *
   * @throws DatabaseRefusedError when one observation cannot be written. Nothing is written then.
   * @throws SharedOutageError while the database is unavailable.
   * @throws ConflictChangedError with a plan, when an observation is unsettled or a link is no longer possible.
   */
  async apply(observations: readonly Observation[], plan?: AddressPlan): Promise<ApplyResult[]> {
    if (observations.length === 0) return [];
    return guardDatabase(() => this.transact(observations, plan));
  }

  private async transact(observations: readonly Observation[], plan: AddressPlan | undefined): Promise<ApplyResult[]> {
    const { results, lastChange } = await repeatOnConflict(
      () => this.dataSource.transaction((manager) => applyWithin(manager, observations, plan, this.config)),
      isWorthRetrying,
    );
    if (lastChange !== null) void this.announcer.announce();
    this.movements.noteApplied(observations, results);
    return results;
  }
}

/**
 * Turns off table scans in this transaction, where an index can be used. PostgreSQL keeps the plans of prepared
 * statements per connection. A plan with a scan, made for a small table, would stay in use after the table has grown.
 * Queries that also run outside this transaction, such as `loadDrafts`, need LATERAL instead.
 */
const byIndexOnly = write('by-index-only', `SELECT set_config('enable_seqscan', 'off', true)`, []);

/**
 * Whether repeating the transaction may succeed: after a deadlock, when another transaction took an address or created
 * the user, or when a new referral code is already in use.
 */
function isWorthRetrying(error: unknown): boolean {
  return isTransactionConflict(error) || isUniqueViolation(error);
}

async function applyWithin(
  manager: EntityManager,
  observations: readonly Observation[],
  plan: AddressPlan | undefined,
  rules: CreationRules,
): Promise<{ readonly results: ApplyResult[]; readonly lastChange: number | null }> {
  const clerkUserIds = observations.map(({ clerkUserId }) => clerkUserId);
  const forsaken = plan?.forsaken ?? [];
  const [, , applied, loaded] = await runStatements(manager, [
    byIndexOnly,
    lockClerkUsers([...clerkUserIds, ...forsaken.map(({ clerkUserId }) => clerkUserId)]),
    findApplied(observations.map(({ origin }) => origin.id)),
    loadDrafts(clerkUserIds),
  ]);
  const { drafts, results: folded, rows } = foldBatch(loaded, applied, observations, plan, rules.metadata);
  const { contested, release, notes } = await findContention(manager, drafts, forsaken);
  const results = folded.map((result, index): ApplyResult => {
    const isContested = contested.has(clerkUserIds[index] ?? '');
    return isContested && result.settled && !result.repeated ? resolveFirst : result;
  });
  if (plan !== undefined) await carryOutPlan(manager, drafts, results);
  const written = drafts.filter(({ clerkUserId }) => !contested.has(clerkUserId));
  const writtenRows = rows.filter(({ observation }) => !contested.has(observation.clerkUserId));
  const releasedRows = releaseSteps(forsaken, observations[0]?.origin.correlationId ?? '');
  await runStatements(manager, [
    ...releaseAddresses(forsaken, true),
    ...releaseAddresses(release),
    ...writeUsers(written, rules),
    ...queueForBatch(written, observations, rules.metadata.key),
    ...confirmDeletions(writtenRows),
    ...keepStartedSessions(startedSessions(writtenRows)),
    ...noteConflicts(written, [...(plan?.notes ?? []), ...notes]),
    ...recordApplied([...writtenRows.filter(isWorthRecording), ...releasedRows]),
  ]);
  return { results, lastChange: await endTrust(manager, written, endedSessions(writtenRows)) };
}

const resolveFirst: ApplyResult = {
  settled: false,
  needs: 'resolve',
  reason: 'another live user holds an address of this one; Clerk is asked which of them has it',
};

/**
 * Links the local users of a plan.
 * @throws ConflictChangedError when an observation is unsettled, or a local user can no longer be linked
 */
async function carryOutPlan(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  results: readonly ApplyResult[],
): Promise<void> {
  for (const draft of drafts) {
    const adopted = adoptedUserOf(draft);
    if (adopted === undefined) continue;
    const content = contentOf(draft);
    const isAdopted =
      content !== undefined && (await adoptLocalUser(manager, adopted, draft.clerkUserId, content.columns));
    if (!isAdopted) throw new ConflictChangedError('resolve');
  }
  const needs = results.flatMap((result) => (result.settled ? [] : [result.needs]));
  // If one user needs `fetch-later`, only a round that waits and asks Clerk again can settle that user. The users who
  // want its addresses cannot be settled before. So `fetch-later` comes before all other needs.
  const [first] = needs.includes('fetch-later') ? (['fetch-later'] as const) : needs;
  if (first !== undefined) throw new ConflictChangedError(first);
}

/**
 * Whether `applied_events` records the result. Two results of the source `reconcile` change nothing and are left out:
 * `duplicate`; and `tombstoned`, when Clerk still returns a user that is deleted here. Reconcile runs record these two
 * in `reconcile_sightings` instead.
 */
function isWorthRecording({ observation, result }: AppliedRow): boolean {
  return observation.origin.source !== 'reconcile' || !['duplicate', 'tombstoned'].includes(result.decision);
}

function startedSessions(rows: readonly AppliedRow[]): StartedSession[] {
  return rows.flatMap(({ observation: { startedSession, clerkUserId } }) =>
    startedSession === undefined ? [] : [{ ...startedSession, clerkUserId }],
  );
}

function endedSessions(rows: readonly AppliedRow[]): EndedSession[] {
  return rows.flatMap(({ observation: { endedSession, clerkUserId } }) =>
    endedSession === undefined ? [] : [{ id: endedSession, clerkUserId }],
  );
}
