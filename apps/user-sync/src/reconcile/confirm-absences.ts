import { randomUUID } from 'node:crypto';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { noActivity } from '../apply/observation/observation';
import { ObservationApplier } from '../apply/batch/observation-applier';
import { ClerkSettlement } from '../apply/settle/settle-with-clerk';
import { type UserSyncConfig } from '../config';
import { UserMissingAtClerkError } from '../errors';
import { InstanceCheck } from './instance-check';
import { PendingRedactions } from './pending-redactions';
import { SuspectedAbsences } from '../clerk/suspected-absences';
import { CONFIG } from '../tokens';

const CONFIRMATION = 'confirmation';
const MAX_PER_ROUND = 20;

/**
 * Asks Clerk again about users for whom it answered 404. A second 404 deletes the user; personal data is redacted a day
 * later.
 */
@Injectable()
export class AbsenceConfirmation {
  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'reconcile'>,
    private readonly instance: InstanceCheck,
    private readonly absences: SuspectedAbsences,
    private readonly redactions: PendingRedactions,
    private readonly settlement: ClerkSettlement,
    private readonly applier: ObservationApplier,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Asks Clerk about the suspected absences that are due. Stops once `reconcile.maxDeletions` users have been deleted
   * this way in the last 24 hours.
   */
  async confirmDue(): Promise<void> {
    const due = await this.absences.due(MAX_PER_ROUND);
    if (due.length === 0) return;
    if (!(await this.instance.isOurs())) {
      this.log.error('absences not confirmed: the secret key belongs to another Clerk instance than our users');
      return;
    }
    for (const clerkUserId of due) {
      if ((await this.redactions.countConfirmedToday()) >= this.config.reconcile.maxDeletions) {
        this.log.error({ waiting: due.length }, 'absences not confirmed: too many in one day; start a reconcile run');
        return;
      }
      await this.confirm(clerkUserId);
    }
  }

  private async confirm(clerkUserId: string): Promise<void> {
    const id = `${CONFIRMATION}:${randomUUID()}`;
    const origin = { id, source: CONFIRMATION, eventType: CONFIRMATION, attempt: 0, correlationId: id } as const;
    try {
      await this.settlement.settle({ clerkUserId, activity: noActivity, origin }, 'fetch');
    } catch (error) {
      if (!(error instanceof UserMissingAtClerkError)) throw error;
      const seen = { kind: 'deletion', undoable: true } as const;
      await this.applier.apply([{ clerkUserId, seen, activity: noActivity, origin }]);
    }
    await this.absences.clear([clerkUserId]);
  }
}
