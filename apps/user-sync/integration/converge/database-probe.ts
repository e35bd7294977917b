import { randomUUID } from 'node:crypto';
import { type Role } from '@gatehouse/contracts';
import { runStatements } from '@gatehouse/persistence';
import { type Pool } from 'pg';
import { type DataSource } from 'typeorm';
import { queueWriteBacks } from '../../src/write-back/queue/queue-write-backs';
import { emailOf, phoneOf } from './clerk-person';
import { type Local } from './operation';

/** Reads and changes the users database directly, beside user-sync. */
export class DatabaseProbe {
  constructor(
    private readonly sql: Pool,
    private readonly dataSource: DataSource,
  ) {}

  /** Deletes all users, and all that is known of them. */
  async deleteAll(): Promise<void> {
    const tables = ['pending_redactions', 'suspected_absences', 'user_conflicts', 'reconcile_runs', 'changes'];
    await this.sql.query(
      [...tables, 'reconcile_sightings', 'applied_events', 'clerk_tombstones', 'users']
        .map((table) => `DELETE FROM ${table}`)
        .join(';'),
    );
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
  async pendingWriteBacks(): Promise<number> {
    const { rows } = await this.sql.query(`SELECT FROM write_backs WHERE state = 'pending'`);
    return rows.length;
  }

  /** Adds local users, like an admin. */
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

  /** Verified addresses of users that are still local. */
  async localAddresses(): Promise<string[]> {
    const { rows } = await this.sql.query<{ address: string }>(
      `SELECT email AS address FROM users WHERE clerk_user_id IS NULL AND email_verified
       UNION ALL SELECT phone_number FROM users WHERE clerk_user_id IS NULL AND phone_verified`,
    );
    return rows.map(({ address }) => address);
  }

  /** Clerk-owned columns of all live Clerk users. `now`: time for `locked`, in milliseconds. */
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

  /** Live Clerk users without a completed write-back, and deleted ones with a pending one. */
  async wrongWriteBacks(): Promise<unknown[]> {
    const { rows } = await this.sql.query<Record<string, unknown>>(
      `SELECT u.clerk_user_id, u.deleted_at, w.state FROM users u LEFT JOIN write_backs w ON w.user_id = u.id
        WHERE u.clerk_user_id IS NOT NULL
          AND CASE WHEN u.deleted_at IS NULL THEN w.state IS DISTINCT FROM 'done' ELSE w.state = 'pending' END`,
    );
    return rows;
  }

  /** All columns of all users and tombstones, except versions and activity times, which only move forward. */
  async snapshot(): Promise<unknown> {
    const { rows } = await this.sql.query(
      `SELECT to_jsonb(u) - 'updated_at' - 'last_login_at' - 'last_active_at' - 'last_logout_at'
           - 'first_login_at' - 'version' AS row
         FROM users u ORDER BY id`,
    );
    const tombstones = await this.sql.query('SELECT clerk_user_id FROM clerk_tombstones ORDER BY 1');
    return { users: rows, tombstones: tombstones.rows };
  }
}
