import { randomUUID } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { noActivity } from '../apply/observation/observation';
import { ObservationApplier } from '../apply/batch/observation-applier';
import { ClerkSettlement } from '../apply/settle/settle-with-clerk';
import { ClerkDirectory } from '../clerk/clerk-directory';
import { type UserSyncConfig } from '../config';
import { guardDatabase } from '../database/guard-database';
import { UserMissingAtClerkError } from '../errors';
import { ReconcileRuns } from './reconcile-runs';
import { SuspectedAbsences } from '../clerk/suspected-absences';
import { CONFIG } from '../tokens';

const MAX_AT_ONCE = 20;

/** Asks once more for users whom Clerk did not find when they were asked for; a second 404 deletes, undoably. */
@Injectable()
export class AbsenceConfirmation {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    private readonly dataSource: DataSource,
    private readonly absences: SuspectedAbsences,
    @Inject(ReconcileRuns) private readonly runs: Pick<ReconcileRuns, 'instanceOf'>,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'instanceId'>,
    private readonly settlement: ClerkSettlement,
    private readonly applier: ObservationApplier,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Confirms those that are due; stops while more of them than a walk may delete have been deleted in a day. */
  async confirmDue(): Promise<void> {
    const due = await this.absences.due(MAX_AT_ONCE);
    if (due.length === 0) return;
    const ours = await this.runs.instanceOf(this.config.clerk.instanceId);
    if (ours !== undefined && (await this.clerk.instanceId()) !== ours) {
      this.log.error("the secret key belongs to another Clerk instance than this database's users: nobody is deleted");
      return;
    }
    for (const clerkUserId of due) {
      if ((await this.deletedToday()) >= this.config.reconcile.maxDeletions) {
        this.log.error({ waiting: due.length }, 'too many users are missing at Clerk: a person should reconcile');
        return;
      }
      await this.confirm(clerkUserId);
    }
  }

  private async confirm(clerkUserId: string): Promise<void> {
    const id = `confirmation:${randomUUID()}`;
    const origin = { id, source: 'confirmation', eventType: 'confirmation', attempt: 0, correlationId: id } as const;
    try {
      await this.settlement.settle({ clerkUserId, activity: noActivity, origin }, 'fetch');
    } catch (error) {
      if (!(error instanceof UserMissingAtClerkError)) throw error;
      const seen = { kind: 'deletion', undoable: true } as const;
      await this.applier.apply([{ clerkUserId, seen, activity: noActivity, origin }]);
    }
    await this.absences.clear([clerkUserId]);
  }

  private async deletedToday(): Promise<number> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ count: string }[]>(
        `SELECT count(*) FROM pending_redactions
          WHERE starts_with(source, 'confirmation:') AND found_at > now() - interval '24 hours'`,
      ),
    );
    return Number(rows[0]?.count ?? 0);
  }
}
