import { dataStream } from '@gatehouse/contracts';
import { requestNewEpoch } from '@gatehouse/relay';
import { type DataSource } from 'typeorm';

/** What follows from the restore. */
export interface NotedRestore {
  readonly stream: string;
  /** Number of deleted users whose data the restored database does not count as erased. */
  readonly erasures: number;
}

/**
 * Requests a new epoch of the stream of data, which is purged first: it may be newer than the database. Versions may be
 * lower in it, and followers take every row again.
 */
export function noteRestore(dataSource: DataSource): Promise<NotedRestore> {
  return dataSource.transaction(async (manager) => {
    await requestNewEpoch(manager, dataStream.name);
    const [row] = await manager.query<{ erasures: number }[]>(
      'SELECT count(*)::int AS erasures FROM user_erasures WHERE erased_at IS NULL',
    );
    return { stream: dataStream.name, erasures: row?.erasures ?? 0 };
  });
}

/** Report to the operator. */
export function describeRestore({ stream, erasures }: NotedRestore): string {
  return `Stream to write anew: ${stream}\nDeleted users whose data will be erased: ${erasures}\n`;
}
