import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkUsers } from '../ask-clerk/clerk-users';
import { guardDatabase } from '../database/guard-database';
import { UserUnsettledError } from '../errors';
import { type Applied, type Change, type Marker, type Settled, type Unsettled, laterActivity } from './change';
import { ChangeApplier } from './change-applier';
import { markerOf } from './load-users';

/** Each round is one request to Clerk; more are only needed while the user changes at that very moment. */
const MAX_ROUNDS = 5;
/** Before Clerk is asked a second time about an answer that is older than the row. */
const CONFIRM_DELAY_MS = 1_000;

/** Settles what cannot be decided without Clerk: fetches the user, outside of any transaction, and applies the snapshot. */
@Injectable()
export class ClerkSettlement {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ClerkUsers) private readonly clerk: ClerkUsers,
    @Inject(ChangeApplier) private readonly applier: ChangeApplier,
  ) {}

  /** What was decided in the end. Throws ClerkRequestError, UserMissingAtClerkError or UserUnsettledError. */
  async settle(
    change: Omit<Change, 'seen'>,
    first: Unsettled['wants'],
    options: { readonly timeoutMs?: number } = {},
  ): Promise<Settled> {
    let wants = first;
    for (let round = 1; round <= MAX_ROUNDS; round += 1) {
      if (wants === 'fetch-later') await new Promise((resolve) => setTimeout(resolve, CONFIRM_DELAY_MS));
      const before = await guardDatabase(() => markerOf(this.dataSource.manager, change.clerkUserId));
      const result = await this.applySnapshot(change, before, wants === 'fetch-later', options.timeoutMs);
      if (result.settled) return result;
      wants = result.wants;
    }
    throw new UserUnsettledError(MAX_ROUNDS);
  }

  private async applySnapshot(
    change: Omit<Change, 'seen'>,
    before: Marker,
    confirmed: boolean,
    timeoutMs: number | undefined,
  ): Promise<Applied> {
    // Clerk has forgotten a deleted user; whatever was seen of it has the same answer.
    if (before === 'tombstone') return this.applyOne({ ...change, seen: { kind: 'nothing' } });
    const user = await this.clerk.fetch(change.clerkUserId, timeoutMs);
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
