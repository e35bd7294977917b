import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { guardDatabase } from '../database/guard-database';

/** Users whom Clerk did not find when asked. That is no deletion: each is asked for once more, later. */
@Injectable()
export class SuspectedAbsences {
  constructor(private readonly dataSource: DataSource) {}

  /** Queues a confirmation, if there is such a live user here. */
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

  /** Those whose time to be asked for has come. */
  async due(limit: number): Promise<string[]> {
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ clerk_user_id: string }[]>(
        'SELECT clerk_user_id FROM suspected_absences WHERE check_at <= now() ORDER BY check_at LIMIT $1',
        [limit],
      ),
    );
    return rows.map(({ clerk_user_id }) => clerk_user_id);
  }

  /** Nothing more is to be found out about these. */
  async clear(clerkUserIds: readonly string[]): Promise<void> {
    await guardDatabase(() =>
      this.dataSource.query('DELETE FROM suspected_absences WHERE clerk_user_id = ANY($1::text[])', [
        [...clerkUserIds],
      ]),
    );
  }
}
