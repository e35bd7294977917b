import { usersStream } from '@gatehouse/contracts';
import { type StreamRow, type StreamSource } from '../src/stream-source';

/** A row of the table `things`. */
export interface Thing {
  readonly id: string;
  readonly version: number;
  readonly content: string;
  readonly deleted: boolean;
}

/** The table `things`. */
export const thingsSource: StreamSource = {
  stream: usersStream,
  subjectPrefix: 'users.changed',
  load: async (manager, keys) =>
    (await manager.query<Thing[]>('SELECT * FROM things WHERE id = ANY($1::uuid[])', [keys])).map(rowOf),
  removed: (key, version) => ({ key, version, deleted: true, message: { kind: 'deleted' } }),
  page: async (manager, from, limit) => {
    const after = from ?? '00000000-0000-0000-0000-000000000000';
    const text = 'SELECT * FROM things WHERE id > $1 ORDER BY id LIMIT $2';
    const rows = (await manager.query<Thing[]>(text, [after, limit])).map(rowOf);
    const last = rows.at(-1);
    return rows.length < limit || last === undefined ? { rows } : { rows, next: last.key };
  },
};

function rowOf({ id: key, version, content, deleted }: Thing): StreamRow {
  if (deleted) return thingsSource.removed(key, version);
  return { key, version, deleted, message: { kind: 'thing', content } };
}
