import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type CallOptions } from '../../clerk/clerk-requests';
import { ClerkUsers } from '../../clerk/clerk-users';
import { type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import { UserMissingAtClerkError, UserUnsettledError } from '../../errors';
import { SuspectedAbsences } from '../../clerk/suspected-absences';
import { CONFIG } from '../../tokens';
import { ConflictResolver } from './conflict-resolver';
import { priorityOf } from './priority-of';
import {
  type ApplyResult,
  type Observation,
  type RowMarker,
  type Settled,
  type Unsettled,
  laterActivity,
} from '../observation/observation';
import { ObservationApplier } from '../batch/observation-applier';
import { readMarker } from '../draft/load-drafts';

/**
 * Maximum rounds. A round asks Clerk once about each user concerned. A user that changes meanwhile needs another round.
 */
const MAX_ROUNDS = 6;

/*
 * Rounds of a settlement, by what the observation needs:
 * - fetch, confirm: fetch the user and apply the snapshot. The observation is settled unless the row changed meanwhile.
 * - fetch-later: the first snapshot was older than the row, and may have been outdated. Wait, then fetch again. If the
 *   second snapshot is older too (`confirmed`), the row is ahead of Clerk. Clerk owns the content, so the snapshot
 *   replaces the row and the observation is settled.
 * - resolve: resolve the conflict over an address, in this round and in all later ones.
 * If a round leaves the observation unsettled, the result says what the next round does. There are at most MAX_ROUNDS.
 */

/** Settles observations that need Clerk: fetches the user, outside of any transaction, and applies the snapshot. */
@Injectable()
export class ClerkSettlement {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: { readonly clerk: Pick<UserSyncConfig['clerk'], 'confirmDelayMs'> },
    @Inject(ClerkUsers) private readonly clerk: Pick<ClerkUsers, 'fetch'>,
    private readonly applier: ObservationApplier,
    private readonly conflicts: ConflictResolver,
    private readonly absences: SuspectedAbsences,
  ) {}

  /**
   * Settles one observation, in rounds. `first`: what the first round does; the comment above this class lists the
   * rounds.
   * @throws UserMissingAtClerkError when Clerk does not know the user. The absence is queued for a confirmation.
   * @throws ClerkRequestError, ConflictTooWideError or UserUnsettledError
   */
  async settle(
    observation: Omit<Observation, 'seen'>,
    first: Unsettled['needs'],
    options: Omit<CallOptions, 'priority'> = {},
  ): Promise<Settled> {
    const callOptions = { priority: priorityOf(observation.origin.source), ...options };
    let needs = first;
    let contested = false;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      contested ||= needs === 'resolve';
      const result = await this.round(observation, needs, contested, callOptions);
      if (result.settled) return result;
      needs = result.needs;
    }
    throw new UserUnsettledError(MAX_ROUNDS);
  }

  private async round(
    observation: Omit<Observation, 'seen'>,
    needs: Unsettled['needs'],
    contested: boolean,
    callOptions: CallOptions,
  ): Promise<ApplyResult> {
    const confirmed = needs === 'fetch-later';
    if (confirmed) await new Promise((resolve) => setTimeout(resolve, this.config.clerk.confirmDelayMs));
    const before = await guardDatabase(() => readMarker(this.dataSource.manager, observation.clerkUserId));
    try {
      if (contested && before !== 'tombstone') {
        return await this.conflicts.resolve(observation, { confirmed, callOptions });
      }
      return await this.applySnapshot(observation, before, confirmed, callOptions);
    } catch (error) {
      if (error instanceof UserMissingAtClerkError)
        await this.absences.suspect(observation.clerkUserId, observation.origin.source);
      throw error;
    }
  }

  private async applySnapshot(
    observation: Omit<Observation, 'seen'>,
    before: RowMarker,
    confirmed: boolean,
    callOptions: CallOptions,
  ): Promise<ApplyResult> {
    // Does not ask Clerk: for a deleted user, the decision is the same whatever Clerk shows.
    if (before === 'tombstone') return this.applyOne({ ...observation, seen: { kind: 'nothing' } });
    const user = await this.clerk.fetch(observation.clerkUserId, callOptions);
    return this.applyOne({
      ...observation,
      seen: { kind: 'snapshot', user, before, confirmed },
      activity: laterActivity(observation.activity, user.activity),
    });
  }

  private async applyOne(observation: Observation): Promise<ApplyResult> {
    const [result] = await this.applier.apply([observation]);
    return result ?? { settled: false, needs: 'fetch', reason: 'nothing was applied' };
  }
}
