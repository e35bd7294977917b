import { type ResourceColumn } from '../database/resource-tables/resource-table';

/** Values of one statement, in the order of their placeholders. */
export class StatementValues {
  readonly all: unknown[] = [];

  /** Adds a value, and returns its placeholder with its type. */
  add(value: unknown, type: string): string {
    this.all.push(type === 'json' ? JSON.stringify(value) : value);
    return `$${this.all.length}::${type}`;
  }

  /** Adds the value of a column. */
  of(column: ResourceColumn, value: unknown): string {
    return this.add(value, column.type);
  }
}
