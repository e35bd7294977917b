import { type RequestOrigin } from '../clerk/request-origin';

/** Body of every webhook. */
interface EventEnvelope {
  data: object;
  event_attributes: { http_request: RequestOrigin };
  /** Missing in events of old Clerk instances. */
  instance_id?: string;
  object: 'event';
  /** ms since 1970 */
  timestamp: number;
  type: string;
}

/** Wraps the `data` of an event in Clerk's envelope. */
export function eventEnvelope(
  type: string,
  data: object,
  context: { readonly instanceId: string | null; readonly timestamp: number; readonly origin: RequestOrigin },
): EventEnvelope {
  return {
    data,
    event_attributes: { http_request: context.origin },
    ...(context.instanceId === null ? {} : { instance_id: context.instanceId }),
    object: 'event',
    timestamp: context.timestamp,
    type,
  };
}
