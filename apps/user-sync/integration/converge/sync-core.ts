import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { type Role } from '@gatehouse/contracts';
import { createLogger } from '@gatehouse/observability';
import { RequestRefusedError } from '@gatehouse/messaging';
import { createDataSource, runStatements } from '@gatehouse/persistence';
import { type TestDatabase } from '@gatehouse/testing';
import { Client } from 'pg';
import { Registry } from 'prom-client';
import { type DataSource, type EntityManager } from 'typeorm';
import { ChangeApplier } from '../../src/apply-event/change-applier';
import { EventBatch } from '../../src/apply-event/event-batch';
import { EventMetrics } from '../../src/apply-event/event-metrics';
import { type OutcomeReporter, type Report } from '../../src/apply-event/outcome-reporter';
import { type EventRead } from '../../src/apply-event/read-event';
import { ClerkSettlement } from '../../src/apply-event/settle-with-clerk';
import { type UserSyncConfig } from '../../src/config';
import { serviceDatabase } from '../../src/database/database-options';
import { type PublicMetadata, metadataNames } from '../../src/map-clerk-user/company-metadata';
import { digestOf } from '../../src/metadata-collisions/metadata-value';
import { ReconcileRuns } from '../../src/reconcile/reconcile-runs';
import { Reconciler } from '../../src/reconcile/reconciler';
import { ConflictReview } from '../../src/reconcile/review-conflicts';
import { SnapshotApplier } from '../../src/reconcile/snapshot-applier';
import { SuspectedAbsences } from '../../src/reconcile/suspected-absences';
import { FirstLogin } from '../../src/resolve-principal/first-login';
import { ConflictResolver } from '../../src/resolve-conflicts/conflict-resolver';
import { oweWriteBacks } from '../../src/write-back/owe-write-backs';
import { WriteBackQueue } from '../../src/write-back/write-back-queue';
import { WriteBackRound } from '../../src/write-back/write-back-round';
import { usersDatabase } from '../sync-world';
import { type MetadataName } from './company-metadata-model';
import { type ClerkModel, type Local, emailOf, phoneOf } from './clerk-model';

/** The process ends: before a transaction's commit, or after it and before anybody heard of it. */
export type CrashPoint = 'before' | 'after';

class Crash extends Error {}

interface Current {
  readonly key: string;
  readonly digest: string;
}

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
  /** One round of write-backs, of everything that is owed. */
  readonly writeBack: () => Promise<void>;
}

/** What user-sync applies with, on a real database, without NATS; Clerk is a model. */
export class SyncCore {
  private crashAt: CrashPoint | undefined;
  /** Values at Clerk that were read and are what we want. */
  private readonly equal: { userId: string; clerkUserId: string; name: MetadataName; value: string }[] = [];
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
    const applier = new ChangeApplier(
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
    const reconciler = new Reconciler(config, dataSource, clerk, runs, snapshots, absences);
    const round = new WriteBackRound(
      config,
      new WriteBackQueue(dataSource),
      { read: (ids) => this.readMetadata(clerk, ids), merge: (id, patch) => clerk.merge(id, patch) },
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
        this.equal.length = 0;
        await round.run(() => false).catch(forgiveCrash);
        await this.adoptEqual(clerk);
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

  /** Gives a user another role, as an admin does. */
  async setRole(clerkUserId: string, role: Role): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const [rows] = await manager.query<[{ id: string }[], number]>(
        `UPDATE users SET role = $2 WHERE clerk_user_id = $1 AND role <> $2 AND deleted_at IS NULL RETURNING id`,
        [clerkUserId, role],
      );
      await runStatements(manager, oweWriteBacks(rows.map(({ id }) => ({ userId: id, reason: 'role' }))));
    });
  }

  /** How many users are owed a write or a check. */
  async owed(): Promise<number> {
    const { rows } = await this.sql.query(`SELECT FROM write_backs WHERE state = 'pending'`);
    return rows.length;
  }

  /**
   * What is wrong with Clerk's metadata while nothing is owed: a value of the company that was overwritten; a key that holds
   * neither our value nor one with a collision; a collision with a value that Clerk does not hold.
   */
  async metadataFaults(clerk: ClerkModel): Promise<unknown[]> {
    const { rows } = await this.sql.query<{ id: string; clerk_user_id: string; role: string; current: Current[] }>(
      `SELECT u.id, u.clerk_user_id, u.role, coalesce((
         SELECT jsonb_agg(jsonb_build_object('key', c.key, 'digest', c.digest)) FROM metadata_collisions c
          WHERE c.user_id = u.id AND c.state IN ('open', 'taking', 'left')), '[]') AS current
         FROM users u WHERE u.deleted_at IS NULL AND u.clerk_user_id IS NOT NULL`,
    );
    const byId = new Map(rows.map((row) => [row.clerk_user_id, row]));
    return clerk.metadata().flatMap(({ id, metadata }): unknown[] => {
      const row = byId.get(id);
      const wanted = { dbId: row?.id, role: row?.role };
      const held = metadata.json;
      const foreign = metadataNames.filter((name) => held[name] !== wanted[name]);
      const expected = foreign.map((key) => ({ key, digest: digestOf(held[key]) }));
      const faults: unknown[] = metadata.overwritten.map((value) => ({ id, overwritten: value }));
      if (foreign.some((name) => !metadata.isForeign(name))) faults.push({ id, notWritten: held, wanted });
      const sorted = [...(row?.current ?? [])].sort((a, b) => (a.key < b.key ? -1 : 1));
      if (!isDeepStrictEqual(sorted, expected)) faults.push({ id, held, wanted, collisions: row?.current });
      return faults;
    });
  }

  /** Values of the company that were read while we wanted the same are ours from now on, if that was recorded. */
  private async adoptEqual(clerk: ClerkModel): Promise<void> {
    for (const { userId, clerkUserId, name, value } of this.equal.splice(0)) {
      const { rows } = await this.sql.query<{ written: string | null }>(
        `SELECT ours -> $2 ->> 'written' AS written FROM write_backs WHERE user_id = $1`,
        [userId, name],
      );
      const person = clerk.metadata().find(({ id }) => id === clerkUserId);
      if (rows[0]?.written === value) person?.metadata.adopt(name, value);
    }
  }

  /** What Clerk holds; remembers which of it is what we want. */
  private async readMetadata(clerk: ClerkModel, ids: readonly string[]): Promise<ReadonlyMap<string, PublicMetadata>> {
    const { rows } = await this.sql.query<{ id: string; clerk_user_id: string; role: string }>(
      'SELECT id, clerk_user_id, role FROM users WHERE clerk_user_id = ANY($1::text[])',
      [ids],
    );
    for (const { id, clerk_user_id: clerkUserId, role } of rows) {
      const held = clerk.metadata().find((person) => person.id === clerkUserId)?.metadata.json;
      for (const [name, value] of [['role', role] as const, ['dbId', id] as const]) {
        if (held?.[name] === value) this.equal.push({ userId: id, clerkUserId, name, value });
      }
    }
    return clerk.read(ids);
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

  /** All live users of Clerk's, as far as Clerk owns them; `locked` as of a moment, in milliseconds. */
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

  /** Live users of Clerk's whose metadata nobody looks after, and deleted ones for whom something is owed. */
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
