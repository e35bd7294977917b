import { type EventSourceMessage } from 'eventsource-parser';
import { EventUnreadableError } from '../errors';
import { type LiveChange } from './live-options';

/** What an event says. `other` is one that needs nothing done, or that this release does not know. */
export type LiveEvent =
  | { readonly type: 'reset'; readonly reason: string }
  | { readonly type: 'closed'; readonly reason: string }
  | { readonly type: 'change'; readonly change: LiveChange }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'other' };

const KINDS: readonly string[] = Object.keys({
  ...{ profile: true, item: true, template: true, 'assistant-session': true, tokens: true, uploads: true },
} satisfies Record<LiveChange['kind'], true>);

/** Reads an event. @throws EventUnreadableError */
export function readEvent({ event = '', data }: EventSourceMessage): LiveEvent {
  if (event === 'heartbeat') return { type: 'heartbeat' };
  if (event === 'reset' || event === 'closed') return { type: event, reason: String(parsed(data).reason) };
  if (!KINDS.includes(event)) return { type: 'other' };
  const change = parsed(data);
  if (typeof change.id !== 'string' || typeof change.version !== 'number') {
    throw new EventUnreadableError('has no id or version');
  }
  return { type: 'change', change: { ...change, kind: event } as LiveChange };
}

function parsed(data: string): Readonly<Record<string, unknown>> {
  try {
    const value = JSON.parse(data) as unknown;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch {
    // The message of the error quotes the data.
  }
  throw new EventUnreadableError('is not a JSON object');
}
