import { randomUUID } from 'node:crypto';
import { type Role } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { RequestRefusedError } from '@gatehouse/messaging';
import { createDataSource, runStatements } from '@gatehouse/persistence';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
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
import { queueWriteBacks } from '../../src/write-back/queue/queue-write-backs';
import { WriteBackQueue } from '../../src/write-back/queue/write-back-queue';
import { WriteBackRound } from '../../src/write-back/worker/write-back-round';
import { usersDatabase } from '../sync-world';
import { type ClerkModel, type Local } from './clerk-model';
import { emailOf, phoneOf } from './clerk-person';
import { MetadataWitness } from './metadata-witness';

/** The process ends: before a transaction's commit, or after it and before anybody heard of it. */
export type CrashPoint = 'before' | 'after';

class Crash extends Error {}

/** How often the ledger tries again here: whoever Clerk does not know is told of as deleted some day. */
const RETRIES = 3;

const config = {
  clerk: { confirmDelayMs: 0 },
  metadata: { seedRoles: ['user', 'developer'] },
  reconcile: { maxDeletions: 1_000, intervalMs: 0 },
  writeBack: { leaseMs: 600_000, retry: { baseMs: 0, capMs: 0, maxRetries: 1_000 } },
  retryMax: 1_000,
} as unknown as UserSyncConfig;

/** The parts of user-sync that apply, put together for one Clerk. */
export interface SyncParts {
  readonly events: EventBatch;
  readonly login: (clerkUserId: string) => Promise<void>;
  readonly reconcile: () => Promise<void>;
  /** What is done now and then without a walk. */
  readonly review: () => Promise<void>;
  /** Processes all pending write-backs once. */
  readonly writeBack: () => Promise<void>;
}

/** What user-sync applies with, on a real database, without NATS; Clerk is a model. */
export class SyncCore {
  private crashAt: CrashPoint | undefined;
  /** Webhook ids of what failed and may succeed. */
  private readonly toRetry = new Set<string>();

  private constructor(
    private readonly database: TestDatabase,
    private readonly dataSource: DataSource,
    private readonly sql: Client,
  ) {}

  static async open(): Promise<SyncCore> {
    const database = await usersDatabase();
    const dataSource = await createDataSource(serviceDatabase({ url: database.serviceUrl, poolSize: 4 })).initialize();
    const sql = new Client({ connectionString: database.adminUrl });
    await sql.connect();
    return new SyncCore(database, dataSource, sql);
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.sql.end();
    await this.database.drop();
  }

  async empty(): Promise<void> {
    const tables = ['pending_redactions', 'suspected_absences', 'user_conflicts', 'reconcile_runs', 'changes'];
    await this.sql.query(
      [...tables, 'reconcile_sightings', 'applied_events', 'clerk_tombstones', 'users']
        .map((table) => `DELETE FROM ${table}`)
        .join(';'),
    );
  }

  /** user-sync with this Clerk; what a real one is given by Nest. */
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
    const logins = new FirstLogin(settlement, log);
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
      // Whoever cannot be let in tries again some day.
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
        // Time passes: leases end, and whatever waits is due.
        await this.sql.query('UPDATE write_backs SET due_at = now(), claimed_until = NULL');
        await round.run(() => false).catch(forgiveCrash);
        await witness.adoptEqual();
      },
    };
  }

  /** Delivers as the stream does: a batch that fails comes again, one by one; and as the ledger does what is to be retried. */
  async deliver(batch: EventBatch, events: readonly EventRead[], crashAt?: CrashPoint): Promise<void> {
    this.crashAt = crashAt;
    try {
      await batch.handle(events);
    } catch {
      for (const event of events) await batch.handle([event]);
    }
    this.crashAt = undefined;
    // A login at the same moment may have been in the way, and a crash taken for a failure.
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

  /** Changes a user's role, as an admin does. */
  async setRole(clerkUserId: string, role: Role): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[{ id: string }[], number]>(
        `UPDATE users SET role = $2 WHERE clerk_user_id = $1 AND role <> $2 AND deleted_at IS NULL RETURNING id`,
        [clerkUserId, role],
      );
      await runStatements(manager, queueWriteBacks(rows.map(({ id }) => ({ userId: id, reason: 'role' }))));
    });
  }

  /** Number of pending writes and checks. */
  async owed(): Promise<number> {
    const { rows } = await this.sql.query(`SELECT FROM write_backs WHERE state = 'pending'`);
    return rows.length;
  }

  /** Faults in Clerk's metadata when no write-back is pending. */
  metadataFaults(clerk: ClerkModel): Promise<unknown[]> {
    return new MetadataWitness(this.sql, clerk).faults();
  }

  /** Local users, as an admin has made them. */
  async addLocals(locals: readonly Local[]): Promise<void> {
    for (const { email, phone } of locals) {
      await this.sql.query(
        `INSERT INTO users (id, auth_provider, email, email_verified, phone_number, phone_verified, full_name,
           referral_code)
         VALUES ($1, 'local', $2, $3, $4, $5, 'Local', $6) ON CONFLICT DO NOTHING`,
        [
          randomUUID(),
          ...[emailOf(email.address), email.verified],
          ...[phone && phoneOf(phone.address), phone?.verified ?? false],
          `BP-${randomUUID()}`,
        ],
      );
    }
  }

  /** The verified addresses of local users who are still local. */
  async localAddresses(): Promise<string[]> {
    const { rows } = await this.sql.query<{ address: string }>(
      `SELECT email AS address FROM users WHERE clerk_user_id IS NULL AND email_verified
       UNION ALL SELECT phone_number FROM users WHERE clerk_user_id IS NULL AND phone_verified`,
    );
    return rows.map(({ address }) => address);
  }

  /** Clerk-owned columns of all live Clerk users; `locked` as of a moment, in milliseconds. */
  async liveUsers(now: number): Promise<Record<string, unknown>[]> {
    const { rows } = await this.sql.query<Record<string, unknown>>(
      `SELECT clerk_user_id, clerk_updated_at AS version, first_name, email, email_verified, phone_number,
         phone_verified, clerk_banned, clerk_deprovisioned,
         clerk_locked AND coalesce(clerk_lockout_expires_at > to_timestamp($1 / 1000.0), true) AS locked FROM users
        WHERE deleted_at IS NULL AND clerk_user_id IS NOT NULL ORDER BY clerk_user_id COLLATE "C"`,
      [now],
    );
    return rows;
  }

  /** Clerk users whose write-back is in the wrong state: live ones without a completed one, deleted ones with a pending one. */
  async misowed(): Promise<unknown[]> {
    const { rows } = await this.sql.query<Record<string, unknown>>(
      `SELECT u.clerk_user_id, u.deleted_at, w.state FROM users u LEFT JOIN write_backs w ON w.user_id = u.id
        WHERE u.clerk_user_id IS NOT NULL
          AND CASE WHEN u.deleted_at IS NULL THEN w.state IS DISTINCT FROM 'done' ELSE w.state = 'pending' END`,
    );
    return rows;
  }

  /** Every column of every user and tombstone but activity times, which only move forward. */
  async everything(): Promise<unknown> {
    const { rows } = await this.sql.query(
      `SELECT to_jsonb(u) - 'updated_at' - 'last_login_at' - 'last_active_at' - 'last_logout_at' AS row
         FROM users u ORDER BY id`,
    );
    const tombstones = await this.sql.query('SELECT clerk_user_id FROM clerk_tombstones ORDER BY 1');
    return { users: rows, tombstones: tombstones.rows };
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
