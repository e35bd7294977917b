import { type IfMatch, type Owner } from '@gatehouse/contracts';
import { nameKey } from './name-key';
import { type ResourceColumn, type ResourceTable, commonColumns } from '../database/resource-tables/resource-table';
import { StatementValues } from './statement-values';

/** One unnamed statement. */
export interface ResourceStatement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** What selects a page of a list. */
export interface PageSelection {
  readonly owner: Owner;
  /** Whether to list the public rows of all users instead of the owner's. */
  readonly isPublic: boolean;
  /** By field, the value that it must have. */
  readonly filter: Readonly<Record<string, unknown>>;
  readonly updatedSince?: string | undefined;
  readonly sort: { readonly column: string; readonly isDescending: boolean };
  /** Sort key and id of the row after which the page begins. */
  readonly after?: readonly string[] | undefined;
  /** Number of rows, with the extra row that shows whether there is a next page. */
  readonly limit: number;
}

/**
 * Size of the texts of a page after which it ends early: bytes of PostgreSQL, or UTF-16 code units. JSON may need six
 * times as much for control characters, and NATS carries 2 MB.
 */
export const PAGE_BYTES = 262_144;

/** The SQL of one kind of resource, made of its columns. */
export class ResourceStatements {
  private readonly fields: readonly (readonly [string, ResourceColumn])[];
  private readonly shown: string;

  constructor(private readonly table: ResourceTable) {
    this.fields = Object.entries(table.columns);
    this.shown = [
      ...Object.entries(commonColumns).map(([field, column]) => `${column} AS "${field}"`),
      ...this.fields.map(([field, { name }]) => `${name} AS "${field}"`),
    ].join(', ');
  }

  /**
   * Inserts a row and counts it, unless the owner has as many as its limit: then returns no row. The limit is what an
   * admin has set for the owner, else `tierLimit`.
   */
  create(owner: Owner, id: string, fields: Readonly<Record<string, unknown>>, tierLimit: number): ResourceStatement {
    const values = new StatementValues();
    const user = values.add(owner.userId, 'uuid');
    const kind = values.add(this.table.resource.kind, 'text');
    const most = `coalesce((SELECT o."limit" FROM limit_overrides AS o WHERE o.user_id = ${user} AND o.kind = ${kind}),
        ${values.add(tierLimit, 'bigint')})`;
    const written = this.written(values, fields);
    const text = `WITH limited AS (SELECT ${most} AS most),
      counted AS (
        INSERT INTO resource_counts AS c (user_id, kind, used)
        SELECT ${user}, ${kind}, 1 FROM limited WHERE most > 0
        ON CONFLICT (user_id, kind) DO UPDATE SET used = c.used + 1 WHERE c.used < (SELECT most FROM limited)
        RETURNING 1)
      INSERT INTO ${this.table.table} (id, user_id, ${written.map(([column]) => column).join(', ')})
      SELECT ${values.add(id, 'uuid')}, ${user}, ${written.map(([, value]) => value).join(', ')} FROM counted
      RETURNING ${this.shownTo(user)}`;
    return { text, values: values.all };
  }

  /** Returns the row, if the owner may read it. */
  get(owner: Owner, id: string): ResourceStatement {
    const values = new StatementValues();
    const user = values.add(owner.userId, 'uuid');
    const shared = this.publicColumn === undefined ? '' : ` OR ${this.publicColumn}`;
    const text = `SELECT ${this.shownTo(user)} FROM ${this.table.table}
      WHERE id = ${values.add(id, 'uuid')} AND (user_id = ${user}${shared})`;
    return { text, values: values.all };
  }

  /** Version of the owner's row. */
  version(owner: Owner, id: string): ResourceStatement {
    const text = `SELECT version FROM ${this.table.table} WHERE id = $1::uuid AND user_id = $2::uuid`;
    return { text, values: [id, owner.userId] };
  }

  /** Changes the owner's row, if its version is expected: else returns no row. `fields` is not empty. */
  update(
    owner: Owner,
    id: string,
    fields: Readonly<Record<string, unknown>>,
    ifMatch: IfMatch | undefined,
  ): ResourceStatement {
    const values = new StatementValues();
    const user = values.add(owner.userId, 'uuid');
    const written = this.written(values, fields).map(([column, value]) => `${column} = ${value}`);
    // A transaction that began earlier may commit later: the time of the last change never goes back.
    const text = `UPDATE ${this.table.table}
      SET ${written.join(', ')}, version = version + 1, updated_at = greatest(updated_at, now())
      WHERE id = ${values.add(id, 'uuid')} AND user_id = ${user}${expected(values, ifMatch)}
      RETURNING ${this.shownTo(user)}`;
    return { text, values: values.all };
  }

  /**
   * Deletes the owner's row and uncounts it, if its version is expected: else returns no row. The count may be lower than
   * the number of rows while an erasure of the owner is in progress, and does not become negative.
   */
  delete(owner: Owner, id: string, ifMatch: IfMatch | undefined): ResourceStatement {
    const values = new StatementValues();
    const user = values.add(owner.userId, 'uuid');
    const text = `WITH deleted AS (
        DELETE FROM ${this.table.table}
        WHERE id = ${values.add(id, 'uuid')} AND user_id = ${user}${expected(values, ifMatch)}
        RETURNING id),
      uncounted AS (
        UPDATE resource_counts SET used = greatest(used - 1, 0)
        WHERE user_id = ${user} AND kind = ${values.add(this.table.resource.kind, 'text')}
          AND EXISTS (SELECT FROM deleted))
      SELECT id FROM deleted`;
    return { text, values: values.all };
  }

  /**
   * Reads a page along one index. Each row has `sortKey`. Of a kind with large rows, a page whose texts are large has
   * fewer rows than `limit`, and each row has `found`: how many rows there were. For other kinds the caller ends a large
   * page, because the outer query takes PostgreSQL half as long again.
   */
  list({ owner, isPublic, filter, updatedSince, sort, after, limit }: PageSelection): ResourceStatement {
    const values = new StatementValues();
    const user = values.add(owner.userId, 'uuid');
    const { column } = sort;
    const [direction, follows] = sort.isDescending ? ['DESC', '<'] : ['ASC', '>'];
    const conditions = [isPublic ? this.publicColumn : `user_id = ${user}`];
    for (const [field, value] of Object.entries(filter)) {
      const filtered = this.table.columns[field];
      if (filtered !== undefined) conditions.push(`${filtered.name} = ${values.of(filtered, value)}`);
    }
    if (updatedSince !== undefined) conditions.push(`updated_at >= ${values.add(updatedSince, 'timestamptz')}`);
    if (after !== undefined) {
      const [key, id] = after;
      const keyType = column === 'name_key' ? 'text' : 'timestamptz';
      conditions.push(`(${column}, id) ${follows} (${values.add(key, keyType)}, ${values.add(id, 'uuid')})`);
    }
    const order = (of: string, by: string) => `ORDER BY ${of}${by} ${direction}, ${of}id ${direction}`;
    const page = `SELECT ${this.shownTo(user)}, ${column} AS "sortKey"${this.table.hasLargeRows ? `, ${this.bytes} AS bytes` : ''}
      FROM ${this.table.table} WHERE ${conditions.join(' AND ')}
      ${order('', column)} LIMIT ${values.add(limit, 'bigint')}`;
    if (!this.table.hasLargeRows) return { text: page, values: values.all };
    const text = `SELECT * FROM (
        SELECT page.*, count(*) OVER ()::int AS found,
               sum(page.bytes) OVER (${order('page.', '"sortKey"')} ROWS UNBOUNDED PRECEDING) - page.bytes AS before
        FROM (${page}) AS page
      ) AS sized WHERE before < ${PAGE_BYTES} ${order('', '"sortKey"')}`;
    return { text, values: values.all };
  }

  private get publicColumn(): string | undefined {
    const { publicField, columns } = this.table;
    return publicField === undefined ? undefined : columns[publicField]?.name;
  }

  /** Columns that show a row. Who may read rows of others also learns whether this one is its own. */
  private shownTo(user: string): string {
    return this.publicColumn === undefined ? this.shown : `${this.shown}, user_id = ${user} AS "isOwn"`;
  }

  /** Columns to write, with their placeholders: each given field, and the sort key of the name. */
  private written(
    values: StatementValues,
    given: Readonly<Record<string, unknown>>,
  ): [column: string, value: string][] {
    const written = this.fields
      .filter(([field]) => given[field] !== undefined)
      .map(([field, column]): [string, string] => [column.name, values.of(column, given[field])]);
    const name = given[this.table.resource.nameField];
    return typeof name === 'string' ? [...written, ['name_key', values.add(nameKey(name), 'text')]] : written;
  }

  /** Size of the texts of a row, without reading large ones. */
  private get bytes(): string {
    return this.fields.map(([, column]) => bytesOf(column)).join(' + ');
  }
}

function bytesOf({ name, type }: ResourceColumn): string {
  if (type === 'boolean') return '1';
  if (type === 'text[]') return `octet_length(array_to_string(${name}, ''))`;
  return type === 'json' ? `octet_length(${name}::text)` : `coalesce(octet_length(${name}), 0)`;
}

function expected(values: StatementValues, ifMatch: IfMatch | undefined): string {
  if (ifMatch === undefined || ifMatch === '*') return '';
  return ` AND version = ANY (${values.add(ifMatch, 'integer[]')})`;
}
