import { type StreamPage, type StreamRow, type StreamSource } from '@gatehouse/relay';
import { type EntityManager } from 'typeorm';
import { type ResourceTable, commonColumns } from '../database/resource-tables/resource-table';
import { resourceTables } from '../database/resource-tables/resource-tables';

/** A row of a resource, with the columns named like the fields. */
interface ResourceRow {
  readonly id: string;
  readonly userId: string;
  readonly version: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

interface TombstoneRow {
  readonly userId: string;
  readonly kind: string;
  readonly id: string;
  readonly version: number;
}

/** Which resource or quota of which user: the parts of a key. */
export interface ResourceRef {
  readonly userId: string;
  readonly kind: string;
  readonly id: string;
}

/** What a source reads with. */
export type Manager = Pick<EntityManager, 'query'>;

/** Rows with large texts in one page: a page of templates has at most 25 MB. */
const LARGE_ROWS = 100;
const TOMBSTONES = 'tombstones';
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/** Key of a resource or quota in the outbox: the rest of its subject. */
export function keyOf({ userId, kind, id }: ResourceRef): string {
  return `${userId}.${kind}.${id}`;
}

/** The parts of a key. */
export function refOf(key: string): ResourceRef {
  const [userId = '', kind = '', id = ''] = key.split('.');
  return { userId, kind, id };
}

/** Items, templates, assistant sessions and their tombstones, as `GATEHOUSE_DATA` shows them. */
export class ResourceSource implements Pick<StreamSource, 'load' | 'page'> {
  async load(manager: Manager, keys: readonly string[]): Promise<readonly StreamRow[]> {
    const refs = keys.map(refOf);
    const found = new Map<string, StreamRow>();
    // Tombstones last: what is deleted meanwhile is then found there.
    for (const table of resourceTables) {
      const ids = refs.filter(({ kind }) => kind === table.publicKind).map(({ id }) => id);
      if (ids.length === 0) continue;
      const rows = await manager.query<ResourceRow[]>(`${selection(table)} WHERE id = ANY ($1::uuid[])`, [ids]);
      for (const row of rows) add(found, present(table, row));
    }
    const wanted = new Set(keys);
    const missing = refs.filter((ref) => !found.has(keyOf(ref)));
    if (missing.length > 0) {
      const tombstones = await manager.query<TombstoneRow[]>(
        `SELECT user_id AS "userId", kind, id, version FROM resource_tombstones
          WHERE (user_id, kind, id) IN (SELECT * FROM unnest($1::uuid[], $2::text[], $3::uuid[]))`,
        [missing.map(({ userId }) => userId), missing.map(({ kind }) => kind), missing.map(({ id }) => id)],
      );
      for (const row of tombstones) add(found, deletionOf(row, row.version));
    }
    return [...found.values()].filter(({ key }) => wanted.has(key));
  }

  /** Pages are in the order of the tables, then the tombstones. `from` is the table and the last id, or key, of a page. */
  async page(manager: Manager, from: string | undefined, limit: number): Promise<StreamPage> {
    const [name = resourceTables[0]?.table ?? TOMBSTONES, after = ''] = from?.split(':') ?? [];
    if (name === TOMBSTONES) return tombstonePage(manager, after, limit);
    const index = resourceTables.findIndex(({ table }) => table === name);
    const table = resourceTables[index];
    if (table === undefined) return tombstonePage(manager, '', limit);
    const size = table.hasLargeRows === true ? Math.min(limit, LARGE_ROWS) : limit;
    const found = await manager.query<ResourceRow[]>(
      `${selection(table)} WHERE id > $1::uuid ORDER BY id LIMIT $2::int`,
      [after === '' ? NO_ID : after, size],
    );
    const last = found.length === size ? found.at(-1)?.id : undefined;
    const following = resourceTables[index + 1]?.table ?? TOMBSTONES;
    return {
      rows: found.map((row) => present(table, row)),
      next: last === undefined ? `${following}:` : `${table.table}:${last}`,
    };
  }
}

async function tombstonePage(manager: Manager, after: string, limit: number): Promise<StreamPage> {
  const { userId, kind, id } = after === '' ? { userId: NO_ID, kind: '', id: NO_ID } : refOf(after);
  const found = await manager.query<TombstoneRow[]>(
    `SELECT user_id AS "userId", kind, id, version FROM resource_tombstones
      WHERE (user_id, kind, id) > ($1::uuid, $2::text, $3::uuid) ORDER BY user_id, kind, id LIMIT $4::int`,
    [userId, kind, id, limit],
  );
  const last = found.length === limit ? found.at(-1) : undefined;
  return {
    rows: found.map((row) => deletionOf(row, row.version)),
    ...(last && { next: `${TOMBSTONES}:${keyOf(last)}` }),
  };
}

function add(found: Map<string, StreamRow>, row: StreamRow): void {
  found.set(row.key, row);
}

function selection({ table, columns }: ResourceTable): string {
  const shown = [
    'user_id AS "userId"',
    ...Object.entries(commonColumns).map(([field, column]) => `${column} AS "${field}"`),
    ...Object.entries(columns).map(([field, { name }]) => `${name} AS "${field}"`),
  ];
  return `SELECT ${shown.join(', ')} FROM ${table}`;
}

function present({ publicKind: kind }: ResourceTable, { userId, ...row }: ResourceRow): StreamRow {
  const { id, version, createdAt, updatedAt } = row;
  const data = { ...row, createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { key: keyOf({ userId, kind, id }), version, deleted: false, message: { kind, userId, id, data } };
}

/** The deletion of a resource or a quota. */
export function deletionOf(ref: ResourceRef, version: number): StreamRow {
  const { userId, kind: resource, id } = ref;
  return { key: keyOf(ref), version, deleted: true, message: { kind: 'deleted', resource, userId, id } };
}
