import { type RequestOrigin } from '../http/request-origin';

/** The body of every webhook. */
export interface EventEnvelope {
  data: object;
  event_attributes: { http_request: RequestOrigin };
  /** Left out of events from before Clerk named the instance. */
  instance_id?: string;
  object: 'event';
  /** ms since 1970 */
  timestamp: number;
  type: string;
}

/** Clerk's envelope around the `data` of an event. */
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
