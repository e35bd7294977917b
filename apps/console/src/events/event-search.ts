/** Statuses of an event, for the filter. */
export const statuses = ['pending', 'processing', 'success', 'failed', 'invalid', 'ignored'] as const;

type Status = (typeof statuses)[number];

/** Times since which events are shown, by name; milliseconds. */
export const spans = { '1h': 3_600_000, '24h': 86_400_000, '7d': 604_800_000 } as const;

type Span = keyof typeof spans;

/** What the address of the list says. */
export interface EventSearch {
  readonly find?: string;
  readonly status?: Status;
  readonly dead?: true;
  readonly span?: Span;
}

/** Reads the search of an address. What is not valid does not count. */
export function readEventSearch({ find, status, dead, span }: Record<string, unknown>): EventSearch {
  return {
    ...(typeof find === 'string' && find.trim() !== '' && { find: find.trim() }),
    ...(isOf(statuses, status) && { status }),
    ...(dead === true && { dead }),
    ...(isOf(Object.keys(spans) as Span[], span) && { span }),
  };
}

/** Filters of `GET /admin/webhook-events`. */
interface EventFilters {
  readonly status?: Status;
  readonly dead?: true;
  readonly since?: string;
  readonly webhookId?: string;
  readonly clerkUserId?: string;
  readonly correlationId?: string;
  readonly errorCode?: string;
  readonly type?: string;
}

/** Filters for a search. One field finds by several ids; the form of the text tells which. */
export function filtersOf({ find, status, dead, span }: EventSearch, now: number): EventFilters {
  return {
    ...(find !== undefined && { [fieldOf(find)]: find }),
    ...(status !== undefined && { status }),
    ...(dead && { dead: true as const }),
    ...(span !== undefined && { since: new Date(now - spans[span]).toISOString() }),
  };
}

function fieldOf(text: string): 'webhookId' | 'clerkUserId' | 'correlationId' | 'errorCode' | 'type' {
  if (/^msg_/.test(text)) return 'webhookId';
  if (/^user_/.test(text)) return 'clerkUserId';
  if (/^[A-Z][A-Z0-9_]+$/.test(text)) return 'errorCode';
  return /^[a-z_]+([A-Za-z_]*\.[A-Za-z_]+)+$/.test(text) ? 'type' : 'correlationId';
}

function isOf<Value>(values: readonly Value[], value: unknown): value is Value {
  return values.includes(value as Value);
}
