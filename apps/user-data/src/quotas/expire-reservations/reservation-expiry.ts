import { LOGGER, PeriodicWorker, failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { WorkerDatabase } from '../../database/worker-database';
import { GatheredWake } from '../../relay-changes/gathered-wake';
import { ReservationMetrics } from './reservation-metrics';

const EVERY_MS = 1_000;
/** Reservations of one transaction, which locks the balances of their users. */
const BATCH = 100;

/**
 * Expires overdue reservations. Any number of replicas share the work: each skips what another has locked. A batch is
 * one transaction, so a process that dies loses nothing. Balances do not depend on it: a request that does not fit
 * first expires the user's own overdue reservations.
 */
@Injectable()
export class ReservationExpiry extends PeriodicWorker {
  constructor(
    private readonly worker: WorkerDatabase,
    private readonly metrics: ReservationMetrics,
    private readonly relay: GatheredWake,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS });
  }

  /** Expires every overdue reservation, until the service stops; returns how many. */
  async expire(): Promise<number> {
    for (let total = 0; ;) {
      const expired = await this.expireBatch();
      total += expired;
      this.metrics.expired(expired);
      if (expired > 0) {
        this.relay.wake();
        failpoint('after-expiry');
      }
      if (expired < BATCH || this.stopped) return total;
    }
  }

  protected override async run(): Promise<void> {
    try {
      await this.expire();
    } catch (error) {
      this.log.warn({ err: error }, 'expiring reservations failed; retrying');
    }
  }

  private async expireBatch(): Promise<number> {
    return this.worker.run(async (transaction) => {
      const [row] = await transaction.query<{ expired: number }>(
        'SELECT expire_due_quota_reservations($1) AS expired',
        [BATCH],
      );
      const expired = row?.expired ?? 0;
      if (expired > 0) failpoint('before-expiry');
      return expired;
    });
  }
}
