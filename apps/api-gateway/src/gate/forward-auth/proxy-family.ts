import { everyHopUsedHttps } from '@gatehouse/http-edge';
import { type RequestInvalidError } from '../../errors';
import { invalidHeader } from '../../headers/single-header';

/** Reverse proxies that can ask. Each names the original request in its own way. */
export const proxyFamilies = ['nginx', 'traefik', 'caddy', 'envoy'] as const;

/** Reverse proxy that asks. */
export type ProxyFamily = (typeof proxyFamilies)[number];

/** Path that proxies ask. Envoy appends the path of the original request. */
const FORWARD_AUTH_PATH = '/forward-auth';

/** A request as it arrived at the proxy. */
export interface OriginalTarget {
  readonly method: string;
  readonly isHttps: boolean;
  /** Host with port, as the client sent it. */
  readonly host: string;
  /** Path and query string, as the client sent them. */
  readonly url: string;
}

/** The proxy's own request. `rawHeaders` as in Node. */
interface ProxyRequest {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
}

const forwarded = ['x-forwarded-method', 'x-forwarded-proto', 'x-forwarded-host', 'x-forwarded-uri'] as const;

/** Headers from which the original request is read, by family. */
const read: Readonly<Record<ProxyFamily, readonly string[]>> = {
  nginx: ['x-original-method', 'x-original-url'],
  traefik: forwarded,
  caddy: forwarded,
  envoy: ['host', 'x-forwarded-proto'],
};

/**
 * Headers that name method or path of an original request. Proxies pass on what clients send, so a proxy may send one of
 * another family without knowing it: if it were read, the client could choose the rules by which it is judged.
 */
const SELECTORS = new Set([
  ...['x-original-method', 'x-original-url', 'x-original-uri', 'x-rewrite-url'],
  ...['x-forwarded-method', 'x-forwarded-uri', 'x-forwarded-path', 'x-envoy-original-path', 'x-envoy-original-method'],
]);

/** Methods are case-sensitive, but some servers read `delete` like `DELETE`; a route that names a method would miss it. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const ABSOLUTE_URL = /^(https?):\/\/([^\s/?#]+)(\/\S*)$/i;

/**
 * Reads the original request from the headers of one family.
 * @throws RequestInvalidError if a header is missing, repeated, malformed or of another family
 */
export function readOriginal(family: ProxyFamily, request: ProxyRequest): OriginalTarget {
  const sent = sentHeaders(read[family], request.rawHeaders);
  switch (family) {
    case 'nginx': {
      const [, scheme = '', host = '', url = ''] =
        ABSOLUTE_URL.exec(required(sent, 'X-Original-URL')) ?? malformed('X-Original-URL', 'must be a URL with a path');
      return { method: methodOf(sent, 'X-Original-Method'), isHttps: isHttps(scheme), host, url };
    }
    case 'traefik':
    case 'caddy':
      return {
        method: methodOf(sent, 'X-Forwarded-Method'),
        isHttps: isHttps(required(sent, 'X-Forwarded-Proto')),
        host: required(sent, 'X-Forwarded-Host'),
        url: required(sent, 'X-Forwarded-Uri'),
      };
    case 'envoy':
      return {
        method: request.method,
        isHttps: isHttps(required(sent, 'X-Forwarded-Proto')),
        host: required(sent, 'Host'),
        url: request.url.slice(FORWARD_AUTH_PATH.length),
      };
  }
}

/** Whether the proxy asks at the right path. Caddy adds the query of the original request, which is not read here. */
export function asksHere(family: ProxyFamily, { url }: ProxyRequest): boolean {
  return family === 'envoy' ? url.startsWith(`${FORWARD_AUTH_PATH}/`) : url.split('?', 1)[0] === FORWARD_AUTH_PATH;
}

/**
 * Returns the values of the headers `names`, by name in lower case. Rejects identity headers with an underscore: proxies
 * do not replace them, and programs behind CGI or WSGI read them like the real ones.
 */
function sentHeaders(names: readonly string[], rawHeaders: readonly string[]): ReadonlyMap<string, string> {
  const values = new Map<string, string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    // Programs behind CGI cannot tell `X_Original_Url` from `X-Original-Url`.
    const spelled = name.includes('_') ? name.replaceAll('_', '-') : name;
    if (name !== spelled && spelled.startsWith('x-gatehouse-')) {
      throw invalidHeader(spelled, 'is spelled with underscores');
    }
    const isRead = names.includes(spelled);
    if (!isRead && !SELECTORS.has(spelled)) continue;
    if (name !== spelled) throw invalidHeader(spelled, 'is spelled with underscores');
    if (!isRead) throw invalidHeader(name, 'belongs to another proxy than the one that FORWARD_AUTH names');
    if (values.has(name)) throw invalidHeader(name, 'is repeated');
    values.set(name, rawHeaders[index + 1] ?? '');
  }
  return values;
}

function required(sent: ReadonlyMap<string, string>, name: string): string {
  const value = sent.get(name.toLowerCase());
  return value === undefined || value === '' ? malformed(name, 'is missing') : value;
}

function methodOf(sent: ReadonlyMap<string, string>, name: string): string {
  const method = required(sent, name);
  return METHOD.test(method) ? method : malformed(name, 'must be one HTTP method in upper case');
}

/** Proxies append their own scheme to a list. nginx may repeat the scheme that the client sent, in any case. */
function isHttps(schemes: string): boolean {
  return everyHopUsedHttps(schemes.toLowerCase());
}

function malformed(name: string, message: string): never {
  const error: RequestInvalidError = invalidHeader(name, message);
  throw error;
}
