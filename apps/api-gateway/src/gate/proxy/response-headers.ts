import { type IncomingHttpHeaders } from 'node:http';
import { type CorsHeaders } from '../../cors/cors-policy';
import { type RateHeaders } from '../../limits/rate-headers';
import { namedByConnection } from './request-headers';

/** Headers of the connection to the upstream, and headers that the gate sets itself. */
const dropped: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
  'x-request-id',
]);

/** What the headers of a response depend on, besides those of the upstream. */
export interface ResponseContext {
  readonly requestId: string;
  readonly status: number;
  /** Whether the response is chunked, so that it can have trailers. */
  readonly mayHaveTrailers: boolean;
  readonly rateHeaders: RateHeaders | undefined;
  /** Whether the response is for one caller, so that no shared cache may store it unless the upstream says so. */
  readonly isPrivate?: boolean;
  /** Set if the gate tells pages of other origins what they may do: the upstream's own headers about that are dropped. */
  readonly cors?: CorsHeaders | undefined;
}

/** Returns the headers of a response for the client (name, value, name, value). */
export function responseHeaders(
  headers: IncomingHttpHeaders,
  { requestId, status, mayHaveTrailers, rateHeaders, isPrivate, cors }: ResponseContext,
): (string | string[])[] {
  const { connection } = headers;
  // undici makes a list of a header that is repeated, although the type does not say so.
  const named = connection === undefined ? undefined : namedByConnection(String(connection).toLowerCase());
  const list: (string | string[])[] = ['x-request-id', requestId];
  if (rateHeaders !== undefined) {
    list.push('ratelimit-policy', rateHeaders['ratelimit-policy'], 'ratelimit', rateHeaders.ratelimit);
  }
  for (const name in headers) {
    const value = headers[name];
    if (value === undefined || dropped.has(name) || isOfGate(name) || named?.has(name) === true) continue;
    if (cors !== undefined && (name === 'vary' || name.startsWith('access-control-'))) continue;
    if (rateHeaders !== undefined && (name === 'ratelimit' || name === 'ratelimit-policy')) continue;
    // RFC 9110, section 8.6: a 204 has no length. Node refuses to announce trailers where there are none.
    if ((name === 'content-length' && status === 204) || (name === 'trailer' && !mayHaveTrailers)) continue;
    list.push(name, value);
  }
  // Caches know that of `Authorization` (RFC 9111, section 3.5), but not of cookies and API keys.
  if (isPrivate === true && headers['cache-control'] === undefined) list.push('cache-control', 'private');
  if (cors !== undefined) addCors(list, cors, headers);
  return list;
}

/** Adds the headers of the gate, and to them what the upstream lets pages read, and what its response varies with. */
function addCors(list: (string | string[])[], cors: CorsHeaders, headers: IncomingHttpHeaders): void {
  for (const name in cors) {
    const own = cors[name] ?? '';
    const isList = name === 'vary' || name === 'access-control-expose-headers';
    const theirs = isList ? headers[name] : undefined;
    list.push(name, theirs === undefined ? own : [own, theirs].flat().join(', '));
  }
}

/** Trailers of a response for the client; undefined if there are none. */
export function responseTrailers(trailers: IncomingHttpHeaders): [string, string][] | undefined {
  const list: [string, string][] = [];
  for (const name in trailers) {
    const value = trailers[name];
    if (value === undefined || dropped.has(name) || isOfGate(name)) continue;
    if (typeof value === 'string') list.push([name, value]);
    else for (const one of value) list.push([name, one]);
  }
  return list.length === 0 ? undefined : list;
}

/** Whether a response is a stream of server-sent events. */
export function isEventStream({ 'content-type': type }: IncomingHttpHeaders): boolean {
  return type !== undefined && /^text\/event-stream\s*(?:;|$)/i.test(type);
}

function isOfGate(name: string): boolean {
  return name.startsWith('x-gatehouse-');
}
