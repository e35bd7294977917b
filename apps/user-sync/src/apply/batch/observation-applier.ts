import {
  isTransactionConflict,
  isUniqueViolation,
  repeatOnConflict,
  runStatements,
  write,
} from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import { type EndedSession, endTrust } from './end-trust';
import { ConflictChangedError } from '../../errors';
import { type MetadataRules } from '../../clerk-user/company-metadata';
import { noteConflicts } from './conflict-notes';
import { findContention } from './contention';
import { queueForBatch } from './queue-for-batch';
import { type AddressPlan, adoptLocalUser, releaseAddresses, releaseSteps } from './address-plan';
import { ClerkMovements } from './clerk-movements';
import { type AppliedRow, findApplied, recordApplied } from './applied-events';
import { type ApplyResult, type Observation, type Settled } from '../observation/observation';
import { foldObservation } from '../draft/fold-observation';
import { loadUsers } from '../draft/load-users';
import { lockClerkUsers } from '../../database/lock-clerk-users';
import { newUserId } from '../../user-rows/new-user';
import { CONFIG } from '../../tokens';
import { type UserDraft } from '../draft/user-draft';
import { confirmDeletions, writeUsers } from './write-users';

/** The one way into the users table for whatever was seen of Clerk users, from whichever source. */
@Injectable()
export class ObservationApplier {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
    @Inject(ClerkMovements) private readonly movements: Pick<ClerkMovements, 'noteApplied'>,
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'metadata'>,
  ) {}

  /**
   * Applies the observations in one transaction, in their order, under a lock for each user; gives what became of each.
   * An observation whose id was applied before changes nothing and repeats what was decided. Throws, and has written nothing,
   * when one of them cannot be written: DatabaseRefusedError, or SharedOutageError while the database is away.
   *
   * With a plan it writes all observations or, when one of them cannot be settled, nothing: ConflictChangedError.
   */
  async apply(observations: readonly Observation[], plan?: AddressPlan): Promise<ApplyResult[]> {
    if (observations.length === 0) return [];
    return guardDatabase(() => this.transact(observations, plan));
  }

  private async transact(observations: readonly Observation[], plan: AddressPlan | undefined): Promise<ApplyResult[]> {
    const { results, lastChange } = await repeatOnConflict(
      () => this.dataSource.transaction((manager) => applyWithin(manager, observations, plan, this.config.metadata)),
      isWorthAnother,
    );
    if (lastChange !== null) void this.announcer.announce();
    this.movements.noteApplied(observations, results);
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
  observations: readonly Observation[],
  plan: AddressPlan | undefined,
  rules: MetadataRules,
): Promise<{ readonly results: ApplyResult[]; readonly lastChange: number | null }> {
  const clerkUserIds = observations.map(({ clerkUserId }) => clerkUserId);
  const forsaken = plan?.forsaken ?? [];
  const [, , applied, drafts] = await runStatements(manager, [
    byIndexAlone,
    lockClerkUsers([...clerkUserIds, ...forsaken.map(({ clerkUserId }) => clerkUserId)]),
    findApplied(observations.map(({ origin }) => origin.id)),
    loadUsers(clerkUserIds),
  ]);
  plan?.link.forEach((localUserId, clerkUserId) => drafts.of(clerkUserId).adopt(localUserId));
  const rows: AppliedRow[] = [];
  const folded = observations.map((observation): ApplyResult => {
    const before = applied.get(observation.origin.id);
    // A batch may hold one event twice: the second repeats the first.
    if (before !== undefined) return before;
    const draft = drafts.of(observation.clerkUserId);
    const versionBefore = draft.version;
    const result = foldObservation(draft, observation, newUserId, rules);
    if (!result.settled) return result;
    const settled = leaveAddresses(draft, observation, result, plan);
    applied.set(observation.origin.id, { ...settled, repeated: true });
    rows.push({ observation, result: settled, versionBefore, versionAfter: draft.version });
    return settled;
  });
  const contention = await findContention(manager, drafts.all, forsaken);
  const results = folded.map((result, index): ApplyResult => {
    const contested = contention.contested.has(clerkUserIds[index] ?? '');
    return contested && result.settled && !result.repeated ? resolveFirst : result;
  });
  if (plan !== undefined) await settleTogether(manager, drafts.all, results);
  const written = drafts.all.filter(({ clerkUserId }) => !contention.contested.has(clerkUserId));
  const writtenRows = rows.filter(({ observation }) => !contention.contested.has(observation.clerkUserId));
  const released = releaseSteps(forsaken, observations[0]?.origin.correlationId ?? '');
  await runStatements(manager, [
    ...releaseAddresses(forsaken, true),
    ...releaseAddresses(contention.release),
    ...writeUsers(written, rules),
    ...queueForBatch(written, observations, rules.key),
    ...confirmDeletions(writtenRows),
    ...noteConflicts(written, [...(plan?.notes ?? []), ...contention.notes]),
    ...recordApplied([...writtenRows.filter(isWorthTelling), ...released]),
  ]);
  return { results, lastChange: await endTrust(manager, written, endedSessions(writtenRows)) };
}

/** Has a user stored without the addresses that the plan gives to another, and says so. */
function leaveAddresses(
  draft: UserDraft,
  observation: Observation,
  result: Settled,
  plan: AddressPlan | undefined,
): Settled {
  const kinds = plan?.withhold.get(observation.clerkUserId);
  if (kinds === undefined || !('user' in observation.seen)) return result;
  draft.leave(kinds, observation.seen.user);
  const decision = draft.content === undefined ? 'duplicate' : result.decision === 'create' ? 'create' : 'apply';
  return { ...result, decision, reason: `${result.reason}; its ${[...kinds].join(' and ')} is left to another user` };
}

const resolveFirst: ApplyResult = {
  settled: false,
  needs: 'resolve',
  reason: 'another live user holds an address of this one; Clerk is asked who does',
};

/** Throws ConflictChangedError, which leaves the transaction, unless every observation is settled and every link still holds. */
async function settleTogether(
  manager: EntityManager,
  drafts: readonly UserDraft[],
  results: readonly ApplyResult[],
): Promise<void> {
  for (const { adopted, clerkUserId, content } of drafts) {
    if (adopted === undefined) continue;
    const isAdopted = content !== undefined && (await adoptLocalUser(manager, adopted, clerkUserId, content.columns));
    if (!isAdopted) throw new ConflictChangedError('resolve');
  }
  const needs = results.flatMap((result) => (result.settled ? [] : [result.needs]));
  // One who waits for a second answer from Clerk is what makes others contested: it has to be heard first.
  const [first] = needs.includes('fetch-later') ? (['fetch-later'] as const) : needs;
  if (first !== undefined) throw new ConflictChangedError(first);
}

/** A walk over all users that finds one as it should be leaves its mark elsewhere. */
function isWorthTelling({ observation, result }: AppliedRow): boolean {
  return observation.origin.source !== 'reconcile' || !['duplicate', 'tombstoned'].includes(result.decision);
}

function endedSessions(rows: readonly AppliedRow[]): EndedSession[] {
  return rows.flatMap(({ observation: { endedSession, clerkUserId } }) =>
    endedSession === undefined ? [] : [{ id: endedSession, clerkUserId }],
  );
}
