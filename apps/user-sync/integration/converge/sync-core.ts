import { randomUUID } from 'node:crypto';
import { createLogger } from '@gatehouse/observability';
import { RequestRefusedError } from '@gatehouse/messaging';
import { createDataSource } from '@gatehouse/persistence';
import { type TestDatabase } from '@gatehouse/testing';
import { Pool } from 'pg';
import { Registry } from 'prom-client';
import { type DataSource, type EntityManager } from 'typeorm';
import { ObservationApplier } from '../../src/apply/batch/observation-applier';
import { EventBatch } from '../../src/apply/events/event-batch';
import { EventMetrics } from '../../src/apply/events/event-metrics';
import { type OutcomeReporter, type Report } from '../../src/apply/events/outcome-reporter';
import { type EventRead } from '../../src/apply/events/read-event';
import { ClerkSettlement } from '../../src/apply/settle/settle-with-clerk';
import { type UserSyncConfig } from '../../src/config';
import { serviceDatabase } from '../../src/database/database-options';
import { ReconcileRuns } from '../../src/reconcile/reconcile-runs';
import { InstanceCheck } from '../../src/reconcile/instance-check';
import { Reconciler } from '../../src/reconcile/reconciler';
import { ConflictReview } from '../../src/reconcile/review-conflicts';
import { SnapshotApplier } from '../../src/reconcile/snapshot-applier';
import { SuspectedAbsences } from '../../src/clerk/suspected-absences';
import { FirstLogin } from '../../src/trust/resolve-principal/first-login';
import { ConflictResolver } from '../../src/apply/settle/conflict-resolver';
import { WriteBackQueue } from '../../src/write-back/queue/write-back-queue';
import { WriteBackRound } from '../../src/write-back/worker/write-back-round';
import { usersDatabase } from '../sync-world';
import { type ClerkModel } from './clerk-model';
import { DatabaseProbe } from './database-probe';
import { MetadataWitness } from './metadata-witness';

/** When the process crashes: before the commit of a transaction, or after it and before the result is known. */
export type CrashPoint = 'before' | 'after';

class Crash extends Error {}

/** Maximum retries. A user that Clerk does not know needs no more: its deletion arrives later. */
const RETRIES = 3;

const config = {
  clerk: { confirmDelayMs: 0 },
  metadata: { seedRoles: ['user', 'developer'] },
  referralCodePrefix: 'BP',
  reconcile: { maxDeletions: 1_000, intervalMs: 0 },
  clerkWaits: { firstLogin: 4_000 },
  writeBack: { leaseMs: 600_000, retry: { baseMs: 0, capMs: 0, maxRetries: 1_000 } },
  retryMax: 1_000,
} as unknown as UserSyncConfig;

/** Parts of user-sync, assembled for one Clerk. */
export interface SyncParts {
  readonly events: EventBatch;
  readonly login: (clerkUserId: string) => Promise<void>;
  readonly reconcile: () => Promise<void>;
  /** Reviews open conflicts, as the leading replica does between reconcile runs. */
  readonly review: () => Promise<void>;
  /** Processes all pending write-backs once. */
  readonly writeBack: () => Promise<void>;
}

/** The core of user-sync on a real database, without NATS and with a model of Clerk. Can crash at commits. */
export class SyncCore {
  private crashAt: CrashPoint | undefined;
  /** Webhook ids of events that failed and can be retried. */
  private readonly toRetry = new Set<string>();

  private constructor(
    private readonly database: TestDatabase,
    private readonly dataSource: DataSource,
    private readonly sql: Pool,
    readonly probe: DatabaseProbe,
  ) {}

  static async open(): Promise<SyncCore> {
    const database = await usersDatabase();
    const dataSource = await createDataSource(serviceDatabase({ url: database.serviceUrl, poolSize: 4 })).initialize();
    const sql = new Pool({ connectionString: database.adminUrl, max: 1 });
    return new SyncCore(database, dataSource, sql, new DatabaseProbe(sql, dataSource));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.sql.end();
    await this.database.drop();
  }

  /** Assembles user-sync for this Clerk, as Nest does in the service. */
  with(clerk: ClerkModel): SyncParts {
    const dataSource = this.crashing();
    const absences = new SuspectedAbsences(dataSource);
    const applier = new ObservationApplier(
      dataSource,
      { announce: async () => undefined },
      { noteApplied: () => undefined },
      config,
    );
    const resolver = new ConflictResolver(dataSource, clerk, applier, absences);
    const settlement = new ClerkSettlement(dataSource, config, clerk, applier, resolver, absences);
    const reporter = { report: async (reports: readonly Report[]) => this.note(reports) } as OutcomeReporter;
    const metrics = new EventMetrics(new Registry());
    const log = createLogger({ service: 'converge', level: 'silent' });
    const runs = new ReconcileRuns(dataSource);
    const snapshots = new SnapshotApplier(applier, settlement);
    const logins = new FirstLogin(settlement, config, log);
    const conflicts = new ConflictReview(dataSource, snapshots, log);
    const instance = new InstanceCheck(config, runs, clerk);
    const reconciler = new Reconciler(config, dataSource, clerk, instance, runs, snapshots, absences);
    const witness = new MetadataWitness(this.sql, clerk);
    const round = new WriteBackRound(
      config,
      new WriteBackQueue(dataSource),
      { read: (ids) => witness.read(ids), merge: (id, patch) => clerk.merge(id, patch) },
      absences,
      { count: () => undefined },
      log,
    );
    return {
      events: new EventBatch(config, dataSource, applier, settlement, reporter, metrics, log),
      // A rejected login is tried again by a later step.
      login: (clerkUserId) =>
        logins.create(clerkUserId, randomUUID()).then(
          () => undefined,
          (error: unknown) => {
            if (!(error instanceof RequestRefusedError)) forgiveCrash(error);
          },
        ),
      reconcile: async () => {
        await runs.queue('admin');
        for (let run = await runs.open(); run !== null; run = await runs.open()) {
          await reconciler.run(run, () => true).catch(forgiveCrash);
        }
      },
      review: () => conflicts.askDue(() => true),
      writeBack: async () => {
        // Time passes: leases expire, and pending write-backs are due.
        await this.sql.query('UPDATE write_backs SET due_at = now(), claimed_until = NULL');
        await round.run(() => false).catch(forgiveCrash);
        await witness.adoptEqual();
      },
    };
  }

  /** Delivers a batch. Redelivers failed messages one by one, like the stream, and retries failed events, like the ledger. */
  async deliver(batch: EventBatch, events: readonly EventRead[], crashAt?: CrashPoint): Promise<void> {
    this.crashAt = crashAt;
    try {
      await batch.handle(events);
    } catch {
      for (const event of events) await batch.handle([event]);
    }
    this.crashAt = undefined;
    // A concurrent login or a crash can make an event fail that succeeds on a retry.
    for (let retries = 0; retries < RETRIES; retries += 1) {
      const again = events.filter(({ metadata }) => this.toRetry.delete(metadata.webhookId));
      if (again.length > 0) await batch.handle(again);
    }
    this.toRetry.clear();
  }

  private note(reports: readonly Report[]): void {
    for (const { outcome } of reports) {
      if (outcome.status === 'failed' && outcome.error.retryable) this.toRetry.add(outcome.webhookId);
    }
  }

  crashNext(crashAt: CrashPoint | undefined): void {
    this.crashAt = crashAt;
  }

  /** Faults in Clerk's metadata when no write-back is pending. */
  metadataFaults(clerk: ClerkModel): Promise<unknown[]> {
    return new MetadataWitness(this.sql, clerk).faults();
  }

  private crashing(): DataSource {
    const { dataSource } = this;
    const transaction = async <T>(work: (manager: EntityManager) => Promise<T>): Promise<T> => {
      const { crashAt } = this;
      this.crashAt = undefined;
      const result = await dataSource.transaction(async (manager) => {
        const inner = await work(manager);
        if (crashAt === 'before') throw new Crash();
        return inner;
      });
      if (crashAt === 'after') throw new Crash();
      return result;
    };
    return Object.create(dataSource, { transaction: { value: transaction } }) as DataSource;
  }
}

function forgiveCrash(error: unknown): void {
  if (!(error instanceof Crash)) throw error;
}
