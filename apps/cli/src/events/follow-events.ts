import { setTimeout as sleep } from 'node:timers/promises';
import { type Schemas } from '@gatehouse/client';
import { NONE, time } from '../output/format';
import { type Session } from '../session';
import { type EventStatus, styleOf } from './event-status';

type Event = Schemas['WebhookEvent'];

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
/** An event with one of these has no outcome yet. */
const OPEN: ReadonlySet<string> = new Set(['pending', 'processing'] satisfies EventStatus[]);

/**
 * Prints each new event, and each event whose status has changed, about once a second, until the session is interrupted. It
 * begins with the events from now on, and also notices changes of the newest hundred before that.
 */
export async function followEvents(session: Session, filter: EventFilter): Promise<void> {
  const { output, io } = session;
  const seen = new Map<string, string>();
  try {
    const first = await newest(session, filter, seen, 1);
    for (const event of first) seen.set(event.id, stateOf(event));
    // Below a full page are older events, of which nothing is known.
    const since = first.length < PAGE ? undefined : first.at(-1)?.createdAt;
    output.note(`Following ${session.connection.url}. Ctrl-C ends.`);
    for (;;) {
      await sleep(PAUSE_MS, undefined, { signal: io.signal });
      for (const event of (await newest(session, { ...filter, since }, seen, MOST_PAGES)).reverse()) {
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
  } catch (error) {
    // Ctrl-C is how it ends, also while a request is on its way.
    if (!io.signal.aborted) throw error;
  }
}

function stateOf({ status, retryCount }: Event): string {
  return `${status} ${retryCount}`;
}

/** The newest events, up to the first page on which all are known and final. */
async function newest(
  { gatehouse, io }: Session,
  { status, type, user, since }: EventFilter & { readonly since?: string | undefined },
  seen: ReadonlyMap<string, string>,
  mostPages: number,
): Promise<Event[]> {
  const query = {
    limit: PAGE,
    ...(status && { status }),
    ...(type && { type }),
    ...(user && { user }),
    ...(since && { since }),
  };
  const found: Event[] = [];
  let pages = 0;
  for await (const { items } of gatehouse.pages('/admin/webhook-events', { params: { query }, signal: io.signal })) {
    found.push(...items);
    pages += 1;
    if (pages === mostPages || items.every((event) => isSettled(event, seen))) break;
  }
  return found;
}

/** Whether an event is known as it is, and has an outcome. */
function isSettled(event: Event, seen: ReadonlyMap<string, string>): boolean {
  return seen.get(event.id) === stateOf(event) && !OPEN.has(event.status);
}

function print({ output }: Session, event: Event): void {
  if (output.json) return output.value(event);
  const { createdAt, status, eventType, clerkUserId, id, errorMessage } = event;
  const error = errorMessage === null ? '' : `  ${errorMessage}`;
  output.line(
    `${time(createdAt)}  ${status.padEnd(10)}  ${eventType.padEnd(16)}  ${clerkUserId ?? NONE}  ${id}${error}`,
    styleOf(event),
  );
}
