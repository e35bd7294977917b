import { type Idempotency, maxIdempotencyKeyLength } from '@gatehouse/contracts';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { invalidHeader, singleHeader } from '../headers/single-header';

const NAME = 'Idempotency-Key';
/** A string of structured fields, RFC 9651 section 3.3.3, without spaces. Only quotes and backslashes are escaped. */
const QUOTED = /^"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"$/;
const BARE = /^[\x21\x23-\x7e][\x21-\x7e]*$/;

/** Field of a request to a service: the idempotency key, or nothing. */
export interface OnceOnly {
  readonly idempotency?: Idempotency;
}

/**
 * Reads `Idempotency-Key`: a quoted string, as the draft of the IETF wants it, or the bare key, as most clients send
 * it. Both forms are the same key.
 * @throws RequestInvalidError if the header is malformed or repeated
 * @see https://datatracker.ietf.org/doc/draft-ietf-httpapi-idempotency-key-header/
 */
export function readIdempotencyKey(request: FastifyRequest): OnceOnly {
  const value = singleHeader(NAME, request);
  if (value === undefined) return {};
  return { idempotency: { key: parse(value), path: `${request.method} ${pathOf(request)}` } };
}

/**
 * Rejects an `Idempotency-Key` on a POST or PATCH route that does not take one: its client would repeat the request and
 * rely on the key. Requests with other methods can be repeated without a key, so there the header is harmless.
 * @throws RequestInvalidError
 */
export function rejectIdempotencyKey({ method, headers }: FastifyRequest): void {
  if (headers['idempotency-key'] === undefined || (method !== 'POST' && method !== 'PATCH')) return;
  throw invalidHeader(NAME, 'is not taken by this route: leave it out, because a repetition would be a new request');
}

/**
 * Moves `replayed` of a service's reply to the header `Idempotency-Replayed`. So a replayed response has the body of the
 * first one.
 */
export function markReplay<Reply extends { readonly replayed?: boolean | undefined }>(
  response: FastifyReply,
  { replayed, ...reply }: Reply,
): Omit<Reply, 'replayed'> {
  if (replayed === true) void response.header('idempotency-replayed', 'true');
  return reply;
}

function parse(value: string): string {
  const quoted = QUOTED.exec(value)?.[1];
  const key = quoted === undefined ? value : quoted.replace(/\\(.)/g, '$1');
  if (key === '') throw invalidHeader(NAME, 'is empty');
  if (quoted === undefined && !BARE.test(value)) {
    throw invalidHeader(NAME, 'must be visible ASCII characters, with or without quotes around all of them');
  }
  if (key.length > maxIdempotencyKeyLength)
    throw invalidHeader(NAME, `is longer than ${maxIdempotencyKeyLength} characters`);
  return key;
}

/** The path of the route with its parameters, so that `/api/items` and `/api/items/` are the same path. */
function pathOf({ routeOptions, params }: FastifyRequest): string {
  const values = params as Readonly<Record<string, string | undefined>>;
  return (routeOptions.url ?? '').replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(values[name] ?? ''));
}
