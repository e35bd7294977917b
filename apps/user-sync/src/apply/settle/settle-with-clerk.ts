import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Asking } from '../../clerk/clerk-requests';
import { ClerkUsers } from '../../clerk/clerk-users';
import { CONFIG, type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import { UserMissingAtClerkError, UserUnsettledError } from '../../errors';
import { SuspectedAbsences } from '../../clerk/suspected-absences';
import { ConflictResolver } from './conflict-resolver';
import { laneOf } from './priority-of';
import {
  type Applied,
  type Change,
  type Marker,
  type Settled,
  type Unsettled,
  laterActivity,
} from '../observation/observation';
import { ChangeApplier } from '../batch/observation-applier';
import { markerOf } from '../draft/load-users';

/** Each round asks Clerk once, about all that are concerned; more are only needed while one of them changes meanwhile. */
const MAX_ROUNDS = 6;

/** Settles what cannot be decided without Clerk: fetches the user, outside of any transaction, and applies the snapshot. */
@Injectable()
export class ClerkSettlement {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(CONFIG) private readonly config: { readonly clerk: Pick<UserSyncConfig['clerk'], 'confirmDelayMs'> },
    @Inject(ClerkUsers) private readonly clerk: Pick<ClerkUsers, 'fetch'>,
    @Inject(ChangeApplier) private readonly applier: ChangeApplier,
    @Inject(ConflictResolver) private readonly conflicts: ConflictResolver,
    @Inject(SuspectedAbsences) private readonly absences: SuspectedAbsences,
  ) {}

  /**
   * What was decided in the end. Throws ClerkRequestError, UserMissingAtClerkError (once the absence is queued for a
   * confirmation), ConflictTooWideError or UserUnsettledError.
   */
  async settle(
    change: Omit<Change, 'seen'>,
    first: Unsettled['wants'],
    options: Omit<Asking, 'lane'> = {},
  ): Promise<Settled> {
    const asking = { lane: laneOf(change.story.source), ...options };
    let wants = first;
    let contested = false;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      contested ||= wants === 'resolve';
      const result = await this.round(change, wants, contested, asking);
      if (result.settled) return result;
      wants = result.wants;
    }
    throw new UserUnsettledError(MAX_ROUNDS);
  }

  private async round(
    change: Omit<Change, 'seen'>,
    wants: Unsettled['wants'],
    contested: boolean,
    asking: Asking,
  ): Promise<Applied> {
    const confirmed = wants === 'fetch-later';
    if (confirmed) await new Promise((resolve) => setTimeout(resolve, this.config.clerk.confirmDelayMs));
    const before = await guardDatabase(() => markerOf(this.dataSource.manager, change.clerkUserId));
    try {
      if (contested && before !== 'tombstone') {
        return await this.conflicts.resolve(change, { confirmed, asking });
      }
      return await this.applySnapshot(change, before, confirmed, asking);
    } catch (error) {
      if (error instanceof UserMissingAtClerkError)
        await this.absences.suspect(change.clerkUserId, change.story.source);
      throw error;
    }
  }

  private async applySnapshot(
    change: Omit<Change, 'seen'>,
    before: Marker,
    confirmed: boolean,
    asking: Asking,
  ): Promise<Applied> {
    // Clerk has forgotten a deleted user; whatever was seen of it has the same answer.
    if (before === 'tombstone') return this.applyOne({ ...change, seen: { kind: 'nothing' } });
    const user = await this.clerk.fetch(change.clerkUserId, asking);
    return this.applyOne({
      ...change,
      seen: { kind: 'snapshot', user, before, confirmed },
      activity: laterActivity(change.activity, user.activity),
    });
  }

  private async applyOne(change: Change): Promise<Applied> {
    const [result] = await this.applier.apply([change]);
    return result ?? { settled: false, wants: 'fetch', reason: 'nothing was applied' };
  }
}
