import { type EventMetadata, clerkEnvelopeSchema, decodeEventHeaders, isHandledEventType } from '@gatehouse/contracts';
import { type StreamMessage } from '@gatehouse/messaging';
import { EventInvalidError, MessageUndecodableError } from '../../errors';
import { type Observation } from '../observation/observation';
import { eventReaders } from './event-types/event-readers';
import { parseData } from './event-types/parse-data';

/** A message that was read: an observation to apply, an event to ignore, or an event that cannot be read. */
export type EventRead = { readonly metadata: EventMetadata; readonly deliveries: number } & (
  | { readonly kind: 'observation'; readonly observation: Observation }
  | { readonly kind: 'ignored'; readonly decision: string; readonly reason: string; readonly foreignInstance?: string }
  | { readonly kind: 'unreadable'; readonly error: unknown }
);

/**
 * Reads a message. `instanceId`: our Clerk instance, undefined while it is unknown.
 * @throws MessageUndecodableError when the headers do not identify an event
 */
export function readEvent(message: StreamMessage, instanceId: string | undefined): EventRead {
  const about = { metadata: metadataOf(message), deliveries: message.timesDelivered };
  try {
    return { ...about, ...readBody(about.metadata, message.data, instanceId) };
  } catch (error) {
    return { ...about, kind: 'unreadable', error };
  }
}

function metadataOf(message: StreamMessage): EventMetadata {
  try {
    return decodeEventHeaders((name) => message.header(name));
  } catch (error) {
    throw new MessageUndecodableError({ cause: error });
  }
}

function readBody(metadata: EventMetadata, bytes: Uint8Array, instanceId: string | undefined) {
  const envelope = parseData(clerkEnvelopeSchema, parseJson(bytes), '');
  if (envelope.type !== metadata.eventType) throw new EventInvalidError('type: differs from the type in the headers');
  if (!isHandledEventType(envelope.type)) {
    return { kind: 'ignored', decision: 'unhandled', reason: 'nobody handles events of this type' } as const;
  }
  const foreignInstance = instanceId === undefined ? undefined : otherInstance(envelope.instance_id, instanceId);
  if (foreignInstance !== undefined) {
    const reason = 'the event is of another Clerk instance';
    return { kind: 'ignored', decision: 'foreign', reason, foreignInstance } as const;
  }
  const { webhookId, eventType, attempt, correlationId } = metadata;
  const observedAt = envelope.timestamp ?? metadata.receivedAt;
  const origin = { id: webhookId, source: 'webhook', eventType, attempt, correlationId } as const;
  const reading = eventReaders[envelope.type](envelope.data, observedAt);
  const isProven = instanceId !== undefined && envelope.instance_id === instanceId;
  const seen = reading.seen.kind === 'event' && !isProven ? { ...reading.seen, unproven: true } : reading.seen;
  return { kind: 'observation', observation: { ...reading, seen, origin } } as const;
}

/** Id of the Clerk instance that the event names, if that instance is not ours. */
function otherInstance(named: string | null | undefined, ours: string): string | undefined {
  return named && named !== ours ? named : undefined;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // The parser's error message quotes the body, which is personal data, so it is not passed on.
    throw new EventInvalidError('the body is not JSON');
  }
}
