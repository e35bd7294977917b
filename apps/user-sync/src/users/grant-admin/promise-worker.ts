import { SharedOutageError } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { repeatOnConflict } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { ClerkAddresses } from '../../clerk/clerk-addresses';
import { guardDatabase } from '../../database/guard-database';
import { type UserSyncConfig } from '../../config';
import { AdminRefusedError, ClerkRequestError } from '../../errors';
import { TrustChangeAnnouncer } from '../../trust-changes/trust-change-announcer';
import { CONFIG } from '../../tokens';
import { type OpenPromise, takeDuePromises, endPromise, expirePromises } from './admin-promises';
import { lockHolder, promote, verifiedHolder } from './grant-admin';

/**
 * Redeems promises of the admin role, each once: asks Clerk who has verified the promised address, and makes that user
 * an admin. Relies only on Clerk's answer: if an event were enough, a forged one could make an admin.
 */
@Injectable()
export class PromiseWorker extends PeriodicWorker {
  constructor(
    @Inject(CONFIG) { intervals }: Pick<UserSyncConfig, 'intervals'>,
    private readonly dataSource: DataSource,
    @Inject(ClerkAddresses) private readonly clerk: Pick<ClerkAddresses, 'holdersOf'>,
    @Inject(TrustChangeAnnouncer) private readonly announcer: Pick<TrustChangeAnnouncer, 'announce'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: intervals.adminPromises, atStart: false });
  }

  protected override async run(): Promise<void> {
    try {
      await guardDatabase(() => this.dataSource.transaction(expirePromises));
      for (const promise of await guardDatabase(() => takeDuePromises(this.dataSource.manager)))
        await this.check(promise);
    } catch (error) {
      // Not logged here. `ClerkHealth` logs an outage of Clerk, and the write-back worker one of the database.
      // Write-backs and reconcile runs log a rejected secret key. Other errors of Clerk are only counted, by
      // `gatehouse_user_sync_clerk_requests_total`. The promise is checked again in a minute.
      if (error instanceof SharedOutageError || error instanceof ClerkRequestError) return;
      this.log.error({ err: error }, 'checking promises of the admin role failed; retrying');
    }
  }

  private async check({ id, email }: OpenPromise): Promise<void> {
    const holders = await this.clerk.holdersOf(email, 'conflict');
    try {
      const holder = verifiedHolder(holders);
      if (holder === undefined) return;
      const granted = await guardDatabase(() => repeatOnConflict(() => this.redeem(id, holder.clerkUserId)));
      if (granted === undefined) return;
      void this.announcer.announce();
      this.log.warn({ promiseId: id, userId: granted.userId }, 'user made admin by promise');
    } catch (error) {
      if (!(error instanceof AdminRefusedError)) throw error;
      this.log.warn({ promiseId: id, reason: error.message }, 'promise of the admin role not redeemed');
    }
  }

  private redeem(id: string, clerkUserId: string) {
    return this.dataSource.transaction(async (manager) => {
      const user = await lockHolder(manager, clerkUserId);
      if (user === undefined || !(await endPromise(manager, id, 'use', user.id))) return undefined;
      return promote(manager, user);
    });
  }
}
