import { EntitySchema, type EntitySchemaColumnOptions, type EntitySchemaIndexOptions } from 'typeorm';
import { type ResourceColumn, type ResourceTable, sortColumn } from './resource-table';

type Columns = Record<string, EntitySchemaColumnOptions>;

const time: EntitySchemaColumnOptions = { type: 'timestamptz', precision: 3, default: () => 'now()' };

/** The entity of a kind of resource. It is only compared with the migrations; statements are in `resource-statements.ts`. */
export function resourceEntity(table: ResourceTable): EntitySchema {
  const columns: Columns = {
    id: { type: 'uuid', name: 'id', primary: true, primaryKeyConstraintName: `${table.table}_pkey` },
    user_id: { type: 'uuid', name: 'user_id' },
    ...Object.fromEntries(Object.values(table.columns).map((column) => [column.name, entityColumn(column)])),
    name_key: { type: 'text', name: 'name_key', collation: 'C' },
    version: { type: 'integer', name: 'version', default: 1 },
    created_at: { ...time, name: 'created_at' },
    updated_at: { ...time, name: 'updated_at' },
  };
  return new EntitySchema({ name: table.table, tableName: table.table, columns, indices: indexesOf(table) });
}

function entityColumn({ name, type, nullable }: ResourceColumn): EntitySchemaColumnOptions {
  return type === 'text[]' ? { type: 'text', array: true, name, nullable } : { type, name, nullable };
}

/** For each filter, or none, an index in each sort order: so no page reads rows that it does not show. */
function indexesOf(table: ResourceTable): EntitySchemaIndexOptions[] {
  const filters = [[], ...table.filters.map((field) => [columnName(table, field)])];
  const sorts = [...new Set(table.resource.sortFields.map((field) => sortColumn(table, field)))];
  const pairs = filters.flatMap((filter) => sorts.map((sort) => [...filter, sort]));
  const own = pairs.map((columns) => ({
    name: `${table.table}_user_id_${columns.join('_')}_idx`,
    columns: ['user_id', ...columns, 'id'],
  }));
  if (table.publicField === undefined) return own;
  const where = columnName(table, table.publicField);
  const shared = pairs.map((columns) => ({
    name: `${table.table}_public_${columns.join('_')}_idx`,
    columns: [...columns, 'id'],
    where,
  }));
  return [...own, ...shared];
}

/** Column of a field. */
function columnName({ columns }: ResourceTable, field: string): string {
  return columns[field]?.name ?? field;
}
