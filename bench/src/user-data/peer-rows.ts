/** A row of `items`. */
export interface ItemRow {
  readonly id: string;
  readonly title: string;
  readonly name_key: string;
  readonly description: string | null;
  readonly version: number;
  readonly created_at: Date;
  readonly updated_at: Date;
}

/** Columns of an item that a response or a cursor needs. */
export const itemColumns = 'id, title, name_key, description, version, created_at, updated_at';

/** How a list is sorted: column, its type, direction, comparison with the last row, and the sort key of a row. */
export interface Sort {
  readonly column: 'created_at' | 'updated_at' | 'name_key';
  readonly cast: 'timestamptz' | 'text';
  readonly direction: 'ASC' | 'DESC';
  readonly after: '>' | '<';
  readonly keyOf: (row: ItemRow) => string;
}

const up = { direction: 'ASC', after: '>' } as const;
const down = { direction: 'DESC', after: '<' } as const;
const created = {
  column: 'created_at',
  cast: 'timestamptz',
  keyOf: (row: ItemRow) => row.created_at.toISOString(),
} as const;
const updated = {
  column: 'updated_at',
  cast: 'timestamptz',
  keyOf: (row: ItemRow) => row.updated_at.toISOString(),
} as const;
const named = { column: 'name_key', cast: 'text', keyOf: (row: ItemRow) => row.name_key } as const;

/** Sort orders of lists of items. */
export const sorts: Readonly<Record<string, Sort>> = {
  createdAt: { ...created, ...up },
  '-createdAt': { ...created, ...down },
  updatedAt: { ...updated, ...up },
  '-updatedAt': { ...updated, ...down },
  title: { ...named, ...up },
  '-title': { ...named, ...down },
};

/** Sort key of a title, as user-data computes it. */
export function nameKeyOf(title: string): string {
  return title.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().slice(0, 100);
}

/** An item as responses show it. */
export function presentItem({ id, title, description, version, created_at, updated_at }: ItemRow) {
  return {
    ...{ id, title, description, version },
    createdAt: created_at.toISOString(),
    updatedAt: updated_at.toISOString(),
  };
}

/** A row of `quota_reservations`; pg returns bigint as text. */
export interface ReservationRow {
  readonly id: string;
  readonly kind: string;
  readonly state: string;
  readonly amount: string;
  readonly period: Date | string;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly balance_after: string;
}

/** An open reservation as responses show it. */
export function presentReservation(row: ReservationRow) {
  return {
    ...{ id: row.id, kind: row.kind, state: row.state, amount: Number(row.amount), committedAmount: null },
    period: monthOf(row.period),
    createdAt: row.created_at.toISOString(),
    expiresAt: row.expires_at.toISOString(),
    settledAt: null,
    remaining: Number(row.balance_after),
  };
}

/** pg returns a date as local midnight, TypeORM as text. */
function monthOf(period: Date | string): string {
  if (typeof period === 'string') return period.slice(0, 7);
  return `${period.getFullYear()}-${String(period.getMonth() + 1).padStart(2, '0')}`;
}
