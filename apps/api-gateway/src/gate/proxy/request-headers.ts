import { withoutClerkCookies, withoutCookies } from '@gatehouse/auth';
import { type Exchange } from '@gatehouse/http-edge';
import { type Caller } from '../../caller/caller';
import { isConsoleCookie } from '../../console-host/console-host';
import { type Upstream } from '../policy/route';

/** What happens to a header of a client on its way to an upstream. */
type Treatment = 'pass' | 'drop' | 'authorization' | 'api-key' | 'cookie';

/**
 * Headers of one connection, which never pass. `expect`: the gate answers it itself. RFC 9110, section 7.6.1.
 * `sec-websocket-protocol` can hold a token of the caller: the proxy of WebSockets adds the other subprotocols.
 */
const ofConnection = [
  'connection',
  'expect',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'sec-websocket-protocol',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

/**
 * Headers that the gate sets itself, and headers with which a client could make an upstream see another address, path or
 * method than the gate has decided on. `proxy`: CGI turns it into HTTP_PROXY, by which programs choose their proxy
 * (CVE-2016-5385).
 */
const ofGate = [
  'forwarded',
  'host',
  'proxy',
  'x-envoy-original-path',
  'x-http-method',
  'x-http-method-override',
  'x-method-override',
  'x-real-ip',
  'x-request-id',
  'x-rewrite-url',
];

const treatments: ReadonlyMap<string, Treatment> = new Map<string, Treatment>([
  ...[...ofConnection, ...ofGate].map((name) => [name, 'drop'] as const),
  ['authorization', 'authorization'],
  ['x-api-key', 'api-key'],
  ['cookie', 'cookie'],
]);

/** Names of headers whose treatment is remembered. */
const MAX_KNOWN = 1_000;
const known = new Map<string, Treatment>();

const GATEHOUSE_KEY = /^(?:bearer +)?sk_(?:dev|stg|prod)_/i;

/** What is read of a request. */
type ArrivedRequest = Pick<Exchange, 'id' | 'request' | 'clientAddress' | 'sawHttps'>;

/** What the headers of a request to an upstream depend on, besides the request itself. */
export interface RequestIdentity {
  readonly upstream: Upstream;
  /** Whether Clerk's cookies reach the upstream. */
  readonly clerkCookies: 'strip' | 'pass';
  /** undefined on a public route. */
  readonly caller: Caller | undefined;
  readonly assertion: string | undefined;
}

/**
 * Returns the headers of a request for an upstream (name, value, name, value): those of the client without what is only
 * for the gate, and the identity of the caller.
 */
export function requestHeaders(exchange: ArrivedRequest, identity: RequestIdentity): string[] {
  const { upstream, clerkCookies, caller, assertion } = identity;
  const { rawHeaders, headers } = exchange.request;
  const named = namedByConnection(headers.connection);
  const list: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    const value = rawHeaders[index + 1] ?? '';
    if (named?.has(name.toLowerCase()) === true) continue;
    const passed = passedValue(known.get(name) ?? treat(name), value, caller !== undefined, clerkCookies);
    if (passed !== undefined) list.push(name, passed);
  }
  const { host } = headers;
  list.push('x-request-id', exchange.id, 'x-forwarded-for', exchange.clientAddress);
  list.push('x-forwarded-proto', exchange.sawHttps ? 'https' : 'http');
  if (host !== undefined) list.push('x-forwarded-host', host);
  list.push('via', '1.1 gatehouse');
  if (assertion !== undefined) list.push('x-gatehouse-assertion', assertion);
  if (caller !== undefined && upstream.identityHeaders === 'plain') {
    const { userId, role, tier } = caller.principal;
    list.push('x-gatehouse-user-id', userId, 'x-gatehouse-role', role, 'x-gatehouse-tier', tier);
  }
  return list;
}

/**
 * Treatment of a header. Compared without regard to case and separators, because CGI, WSGI and their relatives read
 * `X_Gatehouse_Role` like `X-Gatehouse-Role`.
 */
function treat(name: string): Treatment {
  const lower = name.toLowerCase();
  const folded = lower.replace(/[^a-z0-9]/g, '-');
  const isOfGate = /^x-(?:gatehouse|forwarded|original)(?:-|$)/.test(folded);
  // By `Content_Length`, such a program could take another body than the gate has sent.
  const isFraming = folded === 'content-length' && lower !== folded;
  const treatment = treatments.get(folded) ?? (isOfGate || isFraming ? 'drop' : 'pass');
  if (known.size < MAX_KNOWN) known.set(name, treatment);
  return treatment;
}

function passedValue(
  treatment: Treatment,
  value: string,
  isAuthenticated: boolean,
  clerkCookies: 'strip' | 'pass',
): string | undefined {
  switch (treatment) {
    case 'pass':
      return value;
    case 'drop':
      return undefined;
    // On a public route no credential is read, and the upstream may have its own. It never gets our API keys.
    case 'authorization':
      return GATEHOUSE_KEY.test(value) || (isAuthenticated && /^\s*bearer\b/i.test(value)) ? undefined : value;
    case 'api-key':
      return isAuthenticated || GATEHOUSE_KEY.test(value) ? undefined : value;
    case 'cookie':
      return passedCookies(value, clerkCookies) || undefined;
  }
}

function passedCookies(cookies: string, clerkCookies: 'strip' | 'pass'): string {
  const own = cookies.includes('gatehouse-console') ? withoutCookies(cookies, isConsoleCookie) : cookies;
  return clerkCookies === 'pass' ? own : withoutClerkCookies(own);
}

/** Headers that `Connection` names, in lower case; undefined for the usual values. */
export function namedByConnection(connection: string | undefined): ReadonlySet<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close') return undefined;
  return new Set(connection.split(',').map((name) => name.trim().toLowerCase()));
}
