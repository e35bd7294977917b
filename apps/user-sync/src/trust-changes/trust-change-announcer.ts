import {
  type TrustChangesAnnouncement,
  maxTrustChangesPerMessage,
  trustChangeHeartbeat,
  trustChangesAnnouncement,
} from '@gatehouse/contracts';
import { NatsClient } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { noteEpoch } from './epoch';
import { loadTrustChanges } from './load-trust-changes';
import { TRUST_CHANGE_MESSAGE } from './trust-change-log';

/**
 * Maximum number of trust changes that a replica announces after falling behind. If there are more, it announces only
 * the current number, and gateways request the changes.
 */
const MAX_BACKLOG = 5_000;

/** Age up to which trust changes are logged again at the start of a replica and after a failover; milliseconds. */
const LOGGED_AGAIN_MS = 60_000;

/**
 * Announces trust changes to all gateways: after a commit, and by a heartbeat. Each replica reads them from the
 * database and announces, in order, its own and those of other replicas. So gateways may receive a trust change twice.
 *
 * No gateway misses a trust change, even when a replica crashes between a commit and its announcement. Each
 * announcement and heartbeat has the current number. A gateway whose number is lower requests the trust changes in
 * between.
 */
@Injectable()
export class TrustChangeAnnouncer implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private announced: number | undefined;
  private epoch: string | undefined;
  /** The current round of announcements; undefined between rounds. */
  private running: Promise<void> | undefined;
  /** The next round. Callers that arrive during the current round await it. */
  private waiting: Promise<void> | undefined;
  private timer: NodeJS.Timeout | undefined;
  private failing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly nats: NatsClient,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => void this.announce(), trustChangeHeartbeat.intervalMs);
    void this.announce();
  }

  /** Stops only the heartbeat: requests in progress can announce their changes until they end. */
  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all([this.running, this.waiting]);
  }

  /**
   * Announces all committed trust changes. Never throws: after a failure, the next heartbeat announces them, or
   * gateways request them. Concurrent calls share one round.
   */
  announce(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.round().finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    // The current round may have read before this caller's commit; one further round serves all waiting callers.
    this.waiting ??= this.running.then(() => {
      this.waiting = undefined;
      return this.announce();
    });
    return this.waiting;
  }

  private async round(): Promise<void> {
    if (!this.nats.connected) return;
    try {
      let isNoted = true;
      for (;;) {
        const after = this.announced ?? NO_CHANGES;
        const { current, epoch, isNewEpoch, changes } = await loadTrustChanges(this.dataSource.manager, after);
        isNoted = !isNewEpoch;
        const announced = epoch === this.epoch ? this.announced : undefined;
        this.epoch = epoch;
        if (announced === undefined || current - announced > MAX_BACKLOG) {
          // A new replica, one that is too far behind, or one whose server was replaced announces only the number: other
          // replicas have announced the changes, or gateways request them.
          this.publish({ epoch, current, changes: [] });
          this.announced = current;
          await this.logRecent(current);
          break;
        }
        this.publish({ epoch, current, changes });
        for (const change of changes) this.log.info({ change }, TRUST_CHANGE_MESSAGE);
        this.announced = changes.at(-1)?.number ?? announced;
        if (changes.length === 0 || this.announced >= current) break;
      }
      if (!isNoted) await noteEpoch(this.dataSource.manager);
      this.failing = false;
    } catch (error) {
      // Warns once per outage: a line per second would bury the rest of the log.
      if (!this.failing) this.log.warn({ err: error }, 'announcing trust changes failed; retrying');
      this.failing = true;
    }
  }

  /** Logs the newest trust changes, which no replica may have logged: one that made them may have been killed. */
  private async logRecent(current: number): Promise<void> {
    const after = Math.max(0, current - maxTrustChangesPerMessage);
    const { changes } = await loadTrustChanges(this.dataSource.manager, after);
    const since = Date.now() - LOGGED_AGAIN_MS;
    for (const change of changes) if (change.at > since) this.log.info({ change }, TRUST_CHANGE_MESSAGE);
  }

  private publish(announcement: TrustChangesAnnouncement): void {
    this.nats.get().publish(trustChangesAnnouncement.subject, JSON.stringify(announcement));
  }
}

/** A number after which no trust change exists: reading from it returns only the current number. */
const NO_CHANGES = Number.MAX_SAFE_INTEGER;
