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

/**
 * Prints each new event, and each event whose status has changed, about once a second, until the session is interrupted. It
 * begins now.
 */
export async function followEvents(session: Session, { status, type, user }: EventFilter): Promise<void> {
  const { gatehouse, output, io } = session;
  const look = async (cursor?: string) => {
    const query = { ...(type && { type }), ...(user && { user }), ...(cursor && { cursor }) };
    const { data } = await gatehouse.GET('/admin/webhook-events/tail', { params: { query }, signal: io.signal });
    return data;
  };
  try {
    let { cursor } = await look();
    output.note(`Following ${session.connection.url}. Ctrl-C ends.`);
    for (;;) {
      const news = await look(cursor);
      cursor = news.cursor;
      for (const event of news.items) if (status === undefined || event.status === status) print(session, event);
      if (!news.more) await sleep(PAUSE_MS, undefined, { signal: io.signal });
    }
  } catch (error) {
    // Ctrl-C is how it ends, also while a request is on its way.
    if (!io.signal.aborted) throw error;
  }
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
