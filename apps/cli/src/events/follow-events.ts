import { setTimeout as sleep } from 'node:timers/promises';
import { type Schemas } from '@gatehouse/client';
import { time } from '../output/format';
import { type Session } from '../session';

type Event = Schemas['WebhookEvent'];

/** Status of an event. */
export const eventStatuses = ['pending', 'processing', 'success', 'failed', 'invalid', 'ignored'] as const;
type EventStatus = (typeof eventStatuses)[number];

/** Which events. */
export interface EventFilter {
  readonly status?: EventStatus | undefined;
  readonly type?: string | undefined;
  readonly user?: string | undefined;
}

const PAUSE_MS = 1_000;
const PAGE = 100;
/** Pages that are read to find the events since the last look. */
const MOST_PAGES = 20;
/** Events whose changes are noticed. */
const REMEMBERED = 5_000;

/**
 * Prints each new event, and each event whose status has changed, about once a second, until the session is interrupted. It
 * begins with the events from now on.
 */
export async function followEvents(session: Session, filter: EventFilter): Promise<void> {
  const { output, io } = session;
  const seen = new Map<string, string>();
  for (const event of await newest(session, filter, seen, 1)) seen.set(event.id, stateOf(event));
  output.note(`Following ${session.connection.url}. Ctrl-C ends.`);
  while (!io.signal.aborted) {
    await sleep(PAUSE_MS, undefined, { signal: io.signal }).catch(() => undefined);
    if (io.signal.aborted) return;
    for (const event of (await newest(session, filter, seen, MOST_PAGES)).reverse()) {
      if (seen.get(event.id) === stateOf(event)) continue;
      // Moved to the end, so that the oldest are forgotten first.
      seen.delete(event.id);
      seen.set(event.id, stateOf(event));
      print(session, event);
    }
    for (const id of seen.keys()) {
      if (seen.size <= REMEMBERED) break;
      seen.delete(id);
    }
  }
}

function stateOf({ status, retryCount }: Event): string {
  return `${status} ${retryCount}`;
}

/** The newest events, up to the first page on which all are known and final. */
async function newest(
  { gatehouse, io }: Session,
  { status, type, user }: EventFilter,
  seen: ReadonlyMap<string, string>,
  mostPages: number,
): Promise<Event[]> {
  const query = { limit: PAGE, ...(status && { status }), ...(type && { type }), ...(user && { user }) };
  const found: Event[] = [];
  let pages = 0;
  for await (const { items } of gatehouse.pages('/admin/webhook-events', { params: { query }, signal: io.signal })) {
    found.push(...items);
    pages += 1;
    if (pages === mostPages || items.every(({ id }) => seen.has(id))) break;
  }
  return found;
}

function print({ output }: Session, event: Event): void {
  if (output.json) return output.value(event);
  const { createdAt, status, eventType, clerkUserId, id, errorMessage } = event;
  const style = status === 'success' ? 'green' : status === 'failed' || status === 'invalid' ? 'red' : undefined;
  const error = errorMessage === null ? '' : `  ${errorMessage}`;
  output.line(
    `${time(createdAt)}  ${status.padEnd(10)}  ${eventType.padEnd(16)}  ${clerkUserId ?? '–'}  ${id}${error}`,
    style,
  );
}
