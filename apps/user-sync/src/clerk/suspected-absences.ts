import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { guardDatabase } from '../database/guard-database';

/** Users that Clerk did not find. Such a user is not deleted yet, but checked again after one minute. */
@Injectable()
export class SuspectedAbsences {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Queues the second check, unless the user is deleted here or was never stored. `source`: what found the user
   * missing.
   */
  async suspect(clerkUserId: string, source: string): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.query(
        `INSERT INTO suspected_absences (clerk_user_id, source, check_at)
         SELECT clerk_user_id, $2, now() + interval '1 minute' FROM users
          WHERE clerk_user_id = $1 AND deleted_at IS NULL
         ON CONFLICT DO NOTHING`,
        [clerkUserId, source],
      ),
    );
  }

  /** Clerk ids whose second check is due. */
  async due(limit: number): Promise<string[]> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ clerk_user_id: string }[]>(
        'SELECT clerk_user_id FROM suspected_absences WHERE check_at <= now() ORDER BY check_at LIMIT $1',
        [limit],
      ),
    );
    return rows.map(({ clerk_user_id }) => clerk_user_id);
  }

  /** Removes these users from the queue. */
  async clear(clerkUserIds: readonly string[]): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.query('DELETE FROM suspected_absences WHERE clerk_user_id = ANY($1::text[])', [
        [...clerkUserIds],
      ]),
    );
  }
}
