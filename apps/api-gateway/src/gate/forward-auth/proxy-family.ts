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

/** Maximum number and length of the names that are remembered. */
const MAX_OTHERS = 1_000;
const MAX_NAME = 64;

/** Names of headers, as they were sent, that say nothing about an original request: most of those of each request. */
const others: Readonly<Record<ProxyFamily, Set<string>>> = {
  nginx: new Set(),
  traefik: new Set(),
  caddy: new Set(),
  envoy: new Set(),
};

/** Methods are case-sensitive, but some servers read `delete` like `DELETE`; a route that names a method would miss it. */
const METHOD = /^[A-Z][A-Z-]{0,31}$/;
const ABSOLUTE_URL = /^(https?):\/\/([^\s/?#]+)(\/\S*)$/i;

/**
 * Reads the original request from the headers of one family.
 * @throws RequestInvalidError if a header is missing, repeated, malformed or of another family
 */
export function readOriginal(family: ProxyFamily, request: ProxyRequest): OriginalTarget {
  const sent = sentHeaders(family, request.rawHeaders);
  switch (family) {
    case 'nginx': {
      const [method, target] = sent;
      const [, scheme = '', host = '', url = ''] =
        ABSOLUTE_URL.exec(required('X-Original-URL', target)) ??
        malformed('X-Original-URL', 'must be a URL with a path');
      return { method: methodOf('X-Original-Method', method), isHttps: isHttps(scheme), host, url };
    }
    case 'traefik':
    case 'caddy': {
      const [method, schemes, host, url] = sent;
      return {
        method: methodOf('X-Forwarded-Method', method),
        isHttps: isHttps(required('X-Forwarded-Proto', schemes)),
        host: required('X-Forwarded-Host', host),
        url: required('X-Forwarded-Uri', url),
      };
    }
    case 'envoy': {
      const [host, schemes] = sent;
      return {
        method: request.method,
        isHttps: isHttps(required('X-Forwarded-Proto', schemes)),
        host: required('Host', host),
        url: request.url.slice(FORWARD_AUTH_PATH.length),
      };
    }
  }
}

/** Whether the proxy asks at the right path. Caddy adds the query of the original request, which is not read here. */
export function asksHere(family: ProxyFamily, { url }: ProxyRequest): boolean {
  return family === 'envoy' ? url.startsWith(`${FORWARD_AUTH_PATH}/`) : url.split('?', 1)[0] === FORWARD_AUTH_PATH;
}

/**
 * Returns the values of the headers of a family, in their order. Rejects identity headers with an underscore: proxies do
 * not replace them, and programs behind CGI or WSGI read them like the real ones.
 */
function sentHeaders(family: ProxyFamily, rawHeaders: readonly string[]): readonly (string | undefined)[] {
  const names = read[family];
  const irrelevant = others[family];
  const values = new Array<string | undefined>(names.length);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const sent = rawHeaders[index] ?? '';
    if (irrelevant.has(sent)) continue;
    const name = sent.toLowerCase();
    // Programs behind CGI cannot tell `X_Original_Url` from `X-Original-Url`.
    const spelled = name.replaceAll('_', '-');
    if (name !== spelled && spelled.startsWith('x-gatehouse-')) {
      throw invalidHeader(spelled, 'is spelled with underscores');
    }
    const place = names.indexOf(spelled);
    if (place === -1 && !SELECTORS.has(spelled)) {
      if (irrelevant.size < MAX_OTHERS && sent.length <= MAX_NAME) irrelevant.add(sent);
      continue;
    }
    if (name !== spelled) throw invalidHeader(spelled, 'is spelled with underscores');
    if (place === -1) throw invalidHeader(name, 'belongs to another proxy than the one that FORWARD_AUTH names');
    if (values[place] !== undefined) throw invalidHeader(name, 'is repeated');
    values[place] = rawHeaders[index + 1] ?? '';
  }
  return values;
}

function required(name: string, value: string | undefined): string {
  return value === undefined || value === '' ? malformed(name, 'is missing') : value;
}

function methodOf(name: string, value: string | undefined): string {
  const method = required(name, value);
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
