import { InvalidArgumentError } from '@commander-js/extra-typings';
import { type Session } from '../session';

/** Runs the work of a command in a new session. */
export type Run = (work: (session: Session) => Promise<void>) => Promise<void>;

/** Entries that a list prints without `--limit` or `--all`. */
const DEFAULT_LIMIT = 20;
/** Entries of one request. */
const PAGE = 100;

/** Options of a list. */
export interface ListOptions {
  readonly limit?: number | undefined;
  readonly all?: true | undefined;
}

/** Reads a whole number above 0. @throws InvalidArgumentError */
export function positive(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1) throw new InvalidArgumentError('It must be a whole number above 0.');
  return value;
}

/** Reads a time, or how long ago it was, such as `2h` or `30min`; returns it as the API wants it. @throws InvalidArgumentError */
export function moment(text: string): string {
  const [, amount, unit] = /^(\d+)(s|min|h|d)$/.exec(text) ?? [];
  const ms = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 }[unit ?? ''];
  const at = ms === undefined ? new Date(text) : new Date(Date.now() - Number(amount) * ms);
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError(
      'It must be a time such as 2026-01-05T10:00:00Z, or how long ago, such as 30min, 2h or 7d.',
    );
  }
  return at.toISOString();
}

/** Size of a page for `some`. */
export function pageSize({ limit = DEFAULT_LIMIT, all }: ListOptions): number {
  return all === true ? PAGE : Math.min(limit, PAGE);
}

/** The first entries of a list, as many as the options ask for; says on standard error when there are more. */
export async function* some<Entry>(
  entries: AsyncIterable<Entry>,
  { limit = DEFAULT_LIMIT, all }: ListOptions,
  session: Session,
): AsyncGenerator<Entry, void, undefined> {
  let left = all === true ? Infinity : limit;
  for await (const entry of entries) {
    if (left === 0) return session.output.note(`There are more: use --limit or --all.`);
    left -= 1;
    yield entry;
  }
}
