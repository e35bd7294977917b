import { type PublicResourceKind, type Resource, type ResourceView } from '@gatehouse/contracts';
import { type z } from 'zod';

/** Type of a column, and of the parameter that writes it. */
export type ColumnType = 'text' | 'text[]' | 'boolean' | 'json';

type TypeOf<Value> = [NonNullable<Value>] extends [string]
  ? 'text'
  : [NonNullable<Value>] extends [boolean]
    ? 'boolean'
    : [NonNullable<Value>] extends [readonly string[]]
      ? 'text[]'
      : 'json';

/** Column of a field. */
export interface ResourceColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly nullable: boolean;
}

interface ColumnOf<Value> extends ResourceColumn {
  readonly type: TypeOf<Value>;
  readonly nullable: null extends Value ? true : false;
}

/** How a kind of resource is stored. Statements, entity and tests follow from it. */
export interface ResourceTable<View extends ResourceView = ResourceView> {
  readonly resource: Resource<View>;
  readonly table: string;
  /** Its name in the subjects and messages of `GATEHOUSE_DATA`. */
  readonly publicKind: PublicResourceKind;
  /** By field of the contract. */
  readonly columns: Readonly<Record<string, ResourceColumn>>;
  /** Fields that lists can be filtered by; each has indexes of its own. */
  readonly filters: readonly string[];
  /** Whether a page of the most rows could take tens of megabytes. */
  readonly hasLargeRows?: boolean;
  /** The field that makes a row readable for every signed-in user. */
  readonly publicField?: string;
}

/**
 * Defines how a kind of resource is stored. Compiles only with a column for each field of the contract, of the field's
 * type.
 */
export function defineTable<View extends ResourceView, Draft extends z.ZodType<object>>(
  table: Omit<ResourceTable<View>, 'columns' | 'filters' | 'publicField'> & {
    readonly resource: { readonly draft: Draft };
    readonly columns: { readonly [Field in keyof z.output<Draft>]-?: ColumnOf<z.output<Draft>[Field]> };
    readonly filters: readonly (keyof z.output<Draft> & string)[];
    readonly publicField?: keyof z.output<Draft> & string;
  },
): ResourceTable<View> {
  return table;
}

/** Columns that every resource has, in the order in which statements read them, by the field that shows them. */
export const commonColumns = {
  id: 'id',
  version: 'version',
  createdAt: 'created_at',
  updatedAt: 'updated_at',
} as const satisfies { readonly [Field in keyof ResourceView]: string };

/** Column by which a list is sorted. Names are sorted by `name_key`. */
export function sortColumn({ resource }: ResourceTable, field: string): string {
  if (field === resource.nameField) return 'name_key';
  return field === 'updatedAt' ? commonColumns.updatedAt : commonColumns.createdAt;
}
