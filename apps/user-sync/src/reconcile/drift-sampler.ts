import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { ClerkDirectory } from '../ask-clerk/clerk-directory';
import { guardDatabase } from '../database/guard-database';
import { ReconcileMetrics } from './reconcile-metrics';

const SAMPLE = 100;

/** Compares a few users, taken at random, with what Clerk holds of them, and changes nothing. */
@Injectable()
export class DriftSampler {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'among'>,
    @Inject(ReconcileMetrics) private readonly metrics: ReconcileMetrics,
  ) {}

  /** Takes a sample; gives how many users of it differ. */
  async sample(): Promise<number> {
    // Ids are random: those beyond a random one are a random sample, and the primary key finds them.
    const rows = await guardDatabase(() =>
      this.dataSource.query<{ clerk_user_id: string; content_hash: string | null }[]>(
        `(SELECT clerk_user_id, content_hash FROM users
           WHERE id >= $1 AND clerk_user_id IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT ${SAMPLE})
         UNION
         (SELECT clerk_user_id, content_hash FROM users
           WHERE id < $1 AND clerk_user_id IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT ${SAMPLE})
         LIMIT ${SAMPLE}`,
        [randomUUID()],
      ),
    );
    if (rows.length === 0) return 0;
    const users = await this.clerk.among(rows.map(({ clerk_user_id }) => clerk_user_id));
    const hashes = new Map(users.map(({ clerkUserId, contentHash }) => [clerkUserId, contentHash]));
    const differing = rows.filter((row) => hashes.get(row.clerk_user_id) !== row.content_hash).length;
    this.metrics.sample(rows.length, differing);
    return differing;
  }
}
