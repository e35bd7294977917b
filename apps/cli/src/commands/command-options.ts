import { InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { type Column } from '../output/table';
import { type Session } from '../session';

/** Runs the work of a command in a new session. */
export type Run = (work: (session: Session) => Promise<void>) => Promise<void>;

/** The ways to name a user. */
export const WHO = 'id, Clerk id (user_…), e-mail address or phone number';

/** Entries that a list prints without `--limit` or `--all`. */
const DEFAULT_LIMIT = 20;
/** Entries of one request. */
const PAGE = 100;

/** Options of a list: `limitOption` and `allOption`. */
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

const UNIT_MS = { s: 1_000, min: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Milliseconds of a length of time such as `30min`; undefined when the text is none. */
function lengthMs(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(s|min|h|d)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}

/** Reads a length of time such as `30s` or `5min`; returns it in seconds. @throws InvalidArgumentError */
export function seconds(text: string): number {
  const ms = lengthMs(text);
  if (ms === undefined || ms === 0)
    throw new InvalidArgumentError('It must be a length of time, such as 30s, 5min or 1h.');
  return ms / 1_000;
}

/** Reads a time, or how long ago it was, such as `2h` or `30min`; returns it as the API wants it. @throws InvalidArgumentError */
export function moment(text: string): string {
  const ms = lengthMs(text);
  const at = ms === undefined ? new Date(text) : new Date(Date.now() - ms);
  if (Number.isNaN(at.getTime())) {
    throw new InvalidArgumentError(
      'It must be a time such as 2026-01-05T10:00:00Z, or how long ago, such as 30min, 2h or 7d.',
    );
  }
  return at.toISOString();
}

/** `--limit`. */
export const limitOption = () =>
  new Option('--limit <n>', `at most so many; default: ${DEFAULT_LIMIT}`).argParser(positive);

/** `--all`. */
export const allOption = () => new Option('--all', 'all of them');

/** `--yes`. */
export const yesOption = () => new Option('-y, --yes', 'do not ask');

/** Prints the first entries of a list, as many as the options ask for, and says when there are more. */
export async function printList<Entry>(
  session: Session,
  { limit = DEFAULT_LIMIT, all }: ListOptions,
  {
    fetch,
    columns,
    none,
  }: {
    /** Begins to read the list, in pages of a size. */
    readonly fetch: (limit: number) => AsyncIterable<Entry>;
    readonly columns: readonly Column<Entry>[];
    /** What to say when it is empty. */
    readonly none: string;
  },
): Promise<void> {
  const most = all === true ? Infinity : limit;
  await session.output.entries(first(most, fetch(Math.min(most, PAGE)), session), columns, none);
}

async function* first<Entry>(most: number, entries: AsyncIterable<Entry>, { output }: Session) {
  let left = most;
  for await (const entry of entries) {
    if (left === 0) return output.note(`There are more: use --limit or --all.`);
    left -= 1;
    yield entry;
  }
}
