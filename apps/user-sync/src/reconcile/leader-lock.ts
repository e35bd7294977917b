import { Injectable } from '@nestjs/common';
import { DataSource, type QueryRunner } from 'typeorm';
import { guardDatabase } from '../database/guard-database';

/** Key of the advisory lock of the leader, who reconciles: an arbitrary number, unique among our advisory locks. */
export const LEADER_LOCK = 7_202_613;

/**
 * Elects one replica for the work that only one replica may do at a time. The lock belongs to one connection, so
 * PostgreSQL releases it when the process dies.
 */
@Injectable()
export class LeaderLock {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Runs `work` if this replica gets the lock; does nothing if another replica holds it. `work` gets `stillLeading`, which
   * returns false once the connection that holds the lock is lost. `key`: of the advisory lock; each kind of work has its
   * own.
   */
  async lead(work: (stillLeading: () => Promise<boolean>) => Promise<void>, key = LEADER_LOCK): Promise<void> {
    const connection = this.dataSource.createQueryRunner();
    try {
      if (!(await tryLock(connection, key))) return;
      try {
        await work(() => isAlive(connection));
      } finally {
        await connection.query('SELECT pg_advisory_unlock($1)', [key]).catch(() => undefined);
      }
    } finally {
      await connection.release();
    }
  }
}

async function tryLock(connection: QueryRunner, key: number): Promise<boolean> {
  const rows = await guardDatabase(
    () => connection.query('SELECT pg_try_advisory_lock($1) AS locked', [key]) as Promise<{ locked: boolean }[]>,
  );
  return rows[0]?.locked === true;
}

async function isAlive(connection: QueryRunner): Promise<boolean> {
  return connection.query('SELECT 1').then(
    () => true,
    () => false,
  );
}
