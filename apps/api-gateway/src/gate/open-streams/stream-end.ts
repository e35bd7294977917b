/**
 * What a stream is.
 * - `response`: an answer with an end, however long it takes
 * - `event_stream`: an answer of the type `text/event-stream`
 * - `websocket`: a connection that was upgraded
 */
export const streamKinds = ['response', 'event_stream', 'websocket'] as const;

/** What a stream is. */
export type StreamKind = (typeof streamKinds)[number];

/**
 * Why the gate closes a stream.
 * - `revoked`: the session, the key or the user is trusted no longer, or the policy does not allow the route any more
 * - `expired`: the credential has expired
 * - `unconfirmed`: the gateway cannot know whether the caller is still trusted
 * - `time_limit`: the stream has reached `maxConnectionMinutes`
 * - `slow`: one end does not read what was sent
 * - `restarting`: the gateway stops
 */
export const gateEnds = ['revoked', 'expired', 'unconfirmed', 'time_limit', 'slow', 'restarting'] as const;

/** Why the gate closes a stream. */
export type GateEnd = (typeof gateEnds)[number];

/** Whether the gate has closed the stream. */
export function isGateEnd(reason: StreamEnd): reason is GateEnd {
  return reason !== 'client' && reason !== 'upstream';
}

/** Why a stream has ended: the gate has closed it, or one of its ends has. */
export const streamEnds = [...gateEnds, 'client', 'upstream'] as const;

/** Why a stream has ended. */
export type StreamEnd = (typeof streamEnds)[number];
