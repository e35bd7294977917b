import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type FieldSinceVersion1, clerkOwnedColumns, fieldsSinceVersion1 } from '@gatehouse/lifecycle';
import { DataSource } from 'typeorm';
import { ClerkDirectory } from '../clerk/clerk-directory';
import { guardDatabase } from '../database/guard-database';
import { clerkOwnedValues, holdsContent } from '../clerk-user/content-hash';
import { type MappedUser } from '../clerk-user/map-clerk-user';
import { ClerkMovements } from '../apply/batch/clerk-movements';
import { ReconcileMetrics } from './reconcile-metrics';

/** Users per sample. */
const SAMPLE = 100;

/**
 * Columns that hashes of content version 1 do not cover. They are compared by value, because a row may still have such
 * a hash.
 */
const comparedColumns = fieldsSinceVersion1.map((field) => clerkOwnedColumns[field].column);
const COLUMNS = ['clerk_user_id', 'content_hash', 'clerk_updated_at', ...comparedColumns].join(', ');

interface Row extends Readonly<
  Record<(typeof clerkOwnedColumns)[FieldSinceVersion1]['column'], string | boolean | null>
> {
  readonly clerk_user_id: string;
  readonly content_hash: string | null;
  /** Milliseconds since the epoch; a string, as the driver returns a `bigint`. */
  readonly clerk_updated_at: string | null;
}

/** Measures drift: compares a random sample of our users with Clerk, and changes nothing. */
@Injectable()
export class DriftSampler {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'among'>,
    private readonly metrics: ReconcileMetrics,
    @Inject(ClerkMovements) private readonly movements: Pick<ClerkMovements, 'note'>,
  ) {}

  /** Compares one sample. Returns how many of its users differ from Clerk. */
  async sample(): Promise<number> {
    // Our user ids are random UUIDs, so the users whose ids follow a random UUID are a random sample. The primary key
    // finds them without a scan.
    const rows = await guardDatabase(() =>
      this.dataSource.query<Row[]>(
        `(SELECT ${COLUMNS} FROM users
           WHERE id >= $1 AND clerk_user_id IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT ${SAMPLE})
         UNION
         (SELECT ${COLUMNS} FROM users
           WHERE id < $1 AND clerk_user_id IS NOT NULL AND deleted_at IS NULL ORDER BY id LIMIT ${SAMPLE})
         LIMIT ${SAMPLE}`,
        [randomUUID()],
      ),
    );
    if (rows.length === 0) return 0;
    const users = await this.clerk.among(rows.map(({ clerk_user_id }) => clerk_user_id));
    const byId = new Map(users.map((user) => [user.clerkUserId, user]));
    const differing = rows.filter((row) => !equals(row, byId.get(row.clerk_user_id)));
    for (const { clerk_user_id: id, clerk_updated_at: known } of differing) {
      const version = byId.get(id)?.version ?? 0;
      if (version > Number(known ?? 0)) this.movements.note(version, 'drift');
    }
    this.metrics.sample(rows.length, differing.length);
    return differing.length;
  }
}

function equals(row: Row, user: MappedUser | undefined): boolean {
  if (user === undefined) return false;
  return holdsContent({ contentHash: row.content_hash, ...clerkOwnedValues(fieldsSinceVersion1, row) }, user);
}
