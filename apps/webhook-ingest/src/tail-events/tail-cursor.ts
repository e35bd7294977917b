/*
 * Position of a reader in the changes of the ledger. The ledger has no index by the time of a change, and rows become
 * visible in another order than that of their ids. Therefore a position holds which rows the reader has seen, in which
 * state, as long as they can change or a row of a lower id can appear:
 *
 *   floor   no row up to this id is new to the reader: each was recorded long enough ago to be visible.
 *   seen    rows that the reader knows and that can change, or that are above the floor.
 *
 * A position is made from the rows alone, so that any replica continues from it.
 */
import { fieldRefused } from '@gatehouse/messaging';
import { type WebhookEventEntity } from '../database/webhook-event.entity';

/** What a position needs to know of a row. */
export type TailRow = Pick<WebhookEventEntity, 'id' | 'status' | 'retryCount' | 'publishNumber' | 'nextRetryAt'>;

/** Position of a reader. */
export interface TailPosition {
  readonly floor: bigint;
  /** State by id, in ascending order of the ids. */
  readonly seen: ReadonlyMap<bigint, string>;
}

/** Rows of which a position knows the state at most. Beyond, changes of the oldest ones are not noticed. */
export const maxSeen = 400;

const LETTERS: Readonly<Record<TailRow['status'], string>> = {
  pending: 'p',
  processing: 'r',
  success: 's',
  failed: 'f',
  invalid: 'v',
  ignored: 'i',
};

/**
 * Moves a position past rows.
 * @param rows ascending by id: those above the floor, those that were seen, and others that may have changed
 * @param visible the id up to which no row can appear any more
 * @param limit most rows that the reader gets; `more` says that some are left
 * @param again ids of rows that each request reads, whether they were seen or not. They are the last to be forgotten:
 *   otherwise, each request would return them as new
 */
export function advance<Row extends TailRow>(
  { floor, seen }: TailPosition,
  rows: readonly Row[],
  visible: bigint,
  limit: number,
  again: ReadonlySet<string> = new Set(),
): { readonly changed: readonly Row[]; readonly position: TailPosition; readonly more: boolean } {
  const all = rows.filter((row) => seen.get(BigInt(row.id)) !== stateOf(row));
  const [firstLeft] = all.slice(limit);
  const end = firstLeft === undefined ? undefined : BigInt(firstLeft.id);
  const nextFloor = greater(floor, end === undefined || visible < end ? visible : end - 1n);
  const left = new Set(all.slice(limit));
  const next = new Map<bigint, string>();
  for (const row of rows) {
    const id = BigInt(row.id);
    if (left.has(row)) {
      const before = seen.get(id);
      if (before !== undefined) next.set(id, before);
    } else if (isOpen(row) || id > nextFloor) next.set(id, stateOf(row));
  }
  const position = bounded({ floor: nextFloor, seen: next }, again);
  return { changed: all.slice(0, limit), position, more: left.size > 0 };
}

/** Writes a position as a text that a URL can hold as it is. */
export function writeCursor({ floor, seen }: TailPosition): string {
  let last = 0n;
  const rows = [...seen].map(([id, state]) => {
    const step = (id - last).toString(36);
    last = id;
    return `${step}${state}`;
  });
  return [floor.toString(36), ...rows].join('_');
}

/** Reads a position. @throws RequestRefusedError when the text is none */
export function readCursor(text: string): TailPosition {
  const [floor = '', ...rows] = text.split('_');
  if (!/^[0-9a-z]{1,13}$/.test(floor) || rows.length > maxSeen) throw invalid();
  const seen = new Map<bigint, string>();
  let last = 0n;
  for (const row of rows) {
    const [, step, state] = /^([1-9a-z][0-9a-z]{0,12})(\.[prsfvi]\d{1,9}\.\d{1,9}[wx])$/.exec(row) ?? [];
    if (step === undefined || state === undefined) throw invalid();
    last += fromText(step);
    seen.set(last, state);
  }
  const position = { floor: fromText(floor), seen };
  if (writeCursor(position) !== text || greater(last, position.floor) >= LIMIT) throw invalid();
  return position;
}

/** Ids are a `bigint` of PostgreSQL. */
const LIMIT = 2n ** 63n;

function invalid(): Error {
  return fieldRefused('invalid_request', 'cursor', 'is not a cursor of this route');
}

function greater(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

function fromText(text: string): bigint {
  return [...text].reduce((sum, digit) => sum * 36n + BigInt(parseInt(digit, 36)), 0n);
}

/** The state of a row, as far as readers see it change: `w` while a retry waits. */
function stateOf({ status, retryCount, publishNumber, nextRetryAt }: TailRow): string {
  return `.${LETTERS[status]}${retryCount}.${publishNumber}${nextRetryAt === null ? 'x' : 'w'}`;
}

/** Whether the row will change by itself. */
function isOpen({ status, nextRetryAt }: TailRow): boolean {
  return status === 'pending' || status === 'processing' || (status === 'failed' && nextRetryAt !== null);
}

/**
 * Forgets the oldest rows beyond the bound, those of `again` last. A forgotten row above the floor would be new again, so
 * the floor rises.
 */
function bounded({ floor, seen }: TailPosition, again: ReadonlySet<string>): TailPosition {
  const excess = seen.size - maxSeen;
  if (excess <= 0) return { floor, seen };
  const ids = [...seen.keys()];
  const isAgain = (id: bigint): boolean => again.has(String(id));
  const forgotten = new Set([...ids.filter((id) => !isAgain(id)), ...ids.filter(isAgain)].slice(0, excess));
  return {
    floor: [...forgotten].reduce((highest, id) => greater(highest, id), floor),
    seen: new Map([...seen].filter(([id]) => !forgotten.has(id))),
  };
}
