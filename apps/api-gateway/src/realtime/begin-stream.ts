import { type OutgoingHttpHeaders, type ServerResponse } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyRequest {
    /** For a response without an end: the time until it began, in milliseconds. Measured as the time to respond. */
    beganAfterMs?: number;
  }
}

/** Media type of server-sent events. */
export const EVENT_STREAM = 'text/event-stream';

/** Headers that keep proxies from storing, changing or collecting what is sent. nginx reads the last one. */
const streamHeaders = {
  'content-type': EVENT_STREAM,
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
};

/** Takes the response out of Fastify's hands and sends its headers, with those that the hooks have set. */
export function beginStream(request: FastifyRequest, reply: FastifyReply): ServerResponse {
  request.beganAfterMs = reply.elapsedTime;
  const { raw } = reply.headers(streamHeaders).hijack();
  raw.writeHead(200, reply.getHeaders() as OutgoingHttpHeaders);
  return raw;
}
