import { type Transaction } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type UserDataConfig } from '../config';
import { WorkerDatabase } from '../database/worker-database';
import { CONFIG } from '../tokens';

/** The deletion of a user, as the stream told it. */
export interface Deletion {
  readonly userId: string;
  /** Version of the tombstone. */
  readonly version: number;
  /** When the database of users was last restored; versions are compared within a generation only. */
  readonly generation: number;
}

/** An erasure that this replica has claimed. */
export interface ClaimedErasure {
  readonly userId: string;
  readonly version: number;
  /** This attempt included. */
  readonly attempts: number;
}

/** Time after which another replica may begin: longer than one attempt takes. */
const LEASE = "interval '2 minutes'";
/** Longest pause between two attempts. */
const LONGEST_PAUSE = "interval '1 hour'";

/** The deleted users whose data is to be erased. Every step can be repeated, so a process that dies loses nothing. */
@Injectable()
export class PendingErasures {
  /** SQL: the time before which a deletion was noticed whose data is erased now. */
  private readonly dueBefore: string;

  constructor(
    private readonly worker: WorkerDatabase,
    @Inject(CONFIG) { retention }: Pick<UserDataConfig, 'retention'>,
  ) {
    // `config.ts` guarantees a whole number.
    this.dueBefore = `now() - interval '${retention.deletedUserDays} days'`;
  }

  /**
   * Records deletions of different users. A tombstone that was recorded before changes nothing: neither the time at
   * which the data is erased, nor what was erased. Another tombstone of an erased user is a new deletion: the user had
   * returned.
   */
  async record(deletions: readonly Deletion[]): Promise<void> {
    await this.run(
      `INSERT INTO user_erasures AS e (user_id, version, generation)
       SELECT d.id, d.version, d.generation
         FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS d(id, version, generation) ORDER BY d.id
       ON CONFLICT (user_id) DO UPDATE
          SET version = excluded.version, generation = excluded.generation, noticed_at = now(), retry_at = now(),
              attempts = 0, erased_at = NULL
        WHERE e.erased_at IS NOT NULL AND (e.version, e.generation) <> (excluded.version, excluded.generation)`,
      [
        deletions.map(({ userId }) => userId),
        deletions.map(({ version }) => version),
        deletions.map(({ generation }) => generation),
      ],
    );
  }

  /** Claims one erasure that is due, so that no other replica begins it; undefined if there is none. */
  async claim(): Promise<ClaimedErasure | undefined> {
    const [row] = await this.run<{ user_id: string; version: string; attempts: number }>(
      `UPDATE user_erasures SET retry_at = now() + ${LEASE}, attempts = attempts + 1
        WHERE user_id = (SELECT user_id FROM user_erasures
                          WHERE erased_at IS NULL AND noticed_at <= ${this.dueBefore} AND retry_at <= now()
                          ORDER BY noticed_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING user_id, version, attempts`,
    );
    return row && { userId: row.user_id, version: Number(row.version), attempts: row.attempts };
  }

  /** The erasure is done. */
  async finish({ userId, version }: ClaimedErasure): Promise<void> {
    await this.run('UPDATE user_erasures SET erased_at = now() WHERE user_id = $1 AND version = $2', [userId, version]);
  }

  /** The erasure goes on at once: rows are left. */
  async proceed({ userId }: ClaimedErasure): Promise<void> {
    await this.run('UPDATE user_erasures SET retry_at = now() WHERE user_id = $1', [userId]);
  }

  /** The erasure is tried again after a pause, which grows with the attempts. */
  async retryLater({ userId, attempts }: ClaimedErasure): Promise<void> {
    await this.run(
      `UPDATE user_erasures SET retry_at = now() + least(interval '5 seconds' * 2 ^ $2::int, ${LONGEST_PAUSE})
        WHERE user_id = $1`,
      [userId, Math.min(attempts, 20)],
    );
  }

  /** The user returned and was deleted again: the time until the erasure begins anew. */
  async restart({ userId }: ClaimedErasure, version: number): Promise<void> {
    await this.run(
      `UPDATE user_erasures SET version = $2, noticed_at = now(), retry_at = now(), attempts = 0 WHERE user_id = $1`,
      [userId, version],
    );
  }

  /** The user returned: nothing is erased. */
  async cancel({ userId, version }: ClaimedErasure): Promise<void> {
    await this.run('DELETE FROM user_erasures WHERE user_id = $1 AND version = $2 AND erased_at IS NULL', [
      userId,
      version,
    ]);
  }

  /** Number of users whose data is not erased yet, and for how long the oldest one is due, in seconds. */
  async measure(): Promise<{ readonly pending: number; readonly overdueSeconds: number }> {
    const [row] = await this.run<{ pending: number; overdueSeconds: number }>(
      `SELECT count(*)::int AS pending,
              coalesce(greatest(extract(epoch FROM ${this.dueBefore} - min(noticed_at)), 0), 0)::float8 AS "overdueSeconds"
         FROM user_erasures WHERE erased_at IS NULL`,
    );
    return row ?? { pending: 0, overdueSeconds: 0 };
  }

  private run<Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.worker.run((transaction: Transaction) => transaction.query<Row>(text, values));
  }
}
