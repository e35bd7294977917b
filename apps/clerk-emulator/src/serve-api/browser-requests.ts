import { type IncomingMessage } from 'node:http';
import { type FastifyReply, type FastifyRequest } from 'fastify';

/** Paths of the Frontend API. Clerk has it on a host of its own; here it shares `/v1` with the Backend API. */
const FRONTEND_API = /^\/v1\/(?:client|dev_browser|environment|me)(?:[/?]|$)/;
const SCRIPTS = '/npm/@clerk/';
const METHODS = ['DELETE', 'PATCH', 'PUT'];
/** Headers that Clerk's scripts read. */
const EXPOSED_HEADERS = 'Clerk-Db-Jwt, Retry-After';

/** True for a request of the Frontend API. */
export function isFrontendApi(url: string): boolean {
  return FRONTEND_API.test(url);
}

/**
 * Gives a request of the Frontend API its real method. Clerk's scripts send only GET and POST, for which browsers need no
 * preflight request, and name another method in the query: `POST /v1/me?_method=PATCH`.
 * @returns the URL, without a slash at the end of its path: the scripts send `POST /v1/me/email_addresses/`
 */
export function restoreRequest(request: IncomingMessage): string {
  const { url = '/' } = request;
  if (!isFrontendApi(url)) return url;
  const [path = '', query] = url.split(/\?(.*)/s);
  if (request.method === 'POST') {
    const method = new URLSearchParams(query).get('_method')?.toUpperCase();
    if (method !== undefined && METHODS.includes(method)) request.method = method;
  }
  return path.replace(/\/$/, '') + (query === undefined ? '' : `?${query}`);
}

/** The fields of a form. Of a repeated field, the last value. */
export function parseForm(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/**
 * Lets pages of other origins read answers of the Frontend API, errors too, with credentials. Which pages may use it is
 * decided by its guard. Scripts may be read by every page.
 */
export function allowPages(request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  const { origin } = request.headers;
  if (request.url.startsWith(SCRIPTS)) void reply.header('access-control-allow-origin', '*');
  if (origin === undefined || !isFrontendApi(request.url)) return done();
  void reply.headers({
    vary: 'Origin',
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED_HEADERS,
  });
  if (request.method !== 'OPTIONS') return done();
  void reply
    .status(204)
    .headers({
      'access-control-allow-methods': 'GET, POST, PATCH, PUT, DELETE',
      'access-control-allow-headers': 'Authorization, Content-Type',
      'access-control-max-age': '600',
    })
    .send();
}
