import { type z } from 'zod';
import { elementList } from './element-list';

/** Options of an origin list. */
export interface OriginListOptions {
  /** Whether to accept custom schemes (`chrome-extension://<id>`, `myapp://<host>`). */
  readonly customSchemes: boolean;
}

const EXAMPLE = 'https://app.example.com';
const WILDCARD_EXAMPLE = 'https://*.preview.example.com';
const MAX_ORIGINS = 200;
/**
 * Minimum number of labels after a wildcard. With two, a wildcard could match sites of strangers: anybody can register
 * a name under vercel.app or co.uk.
 */
const MIN_LABELS_AFTER_WILDCARD = 3;
/** Schemes of URLs that have no origin, or whose origin never appears in the header `Origin`. */
const WITHOUT_ORIGIN = new Set(['about', 'blob', 'data', 'file', 'ftp', 'javascript', 'ws', 'wss']);

/** A local host with `*` as its port, for development: the server of a frontend may use any port. */
const ANY_LOCAL_PORT = /^(localhost|127\.0\.0\.1|\[::1\]):\*$/i;

type Parsed = { readonly origin: string } | { readonly problem: string };

/**
 * Comma-separated origins, converted to the form that browsers send: lower case, without default port or trailing
 * slash. The first label of an https host may be `*`, which matches exactly one label. The port of `localhost`,
 * `127.0.0.1` and `[::1]` may be `*`, which matches every port. A fault names an element by its index, not by its text.
 * @see https://www.rfc-editor.org/rfc/rfc6454#section-6.1
 */
export function originList({ customSchemes }: OriginListOptions): z.ZodType<string[], string> {
  return elementList({
    max: MAX_ORIGINS,
    plural: 'origins',
    parse: (element) => {
      const parsed = parseOrigin(element, customSchemes);
      return 'origin' in parsed ? { value: parsed.origin } : { problem: `is not an origin: ${parsed.problem}` };
    },
  });
}

/** Matches origins of requests and tokens against the origins that `originList` returned. */
export class OriginList {
  private readonly exact: ReadonlySet<string>;
  private readonly wildcards: readonly RegExp[];

  constructor(origins: readonly string[]) {
    this.exact = new Set(origins.filter((origin) => !origin.includes('*')));
    this.wildcards = origins.filter((origin) => origin.includes('*')).map(toPattern);
  }

  /** Whether an entry matches the origin, exactly or by wildcard. */
  includes(origin: string): boolean {
    return this.exact.has(origin) || this.wildcards.some((pattern) => pattern.test(origin));
  }
}

function toPattern(wildcard: string): RegExp {
  const escaped = wildcard.replace(/[.+?^${}()|[\]\\]/g, '\\$&');
  if (escaped.endsWith(':*')) return new RegExp(`^${escaped.slice(0, -2)}(?::[1-9]\\d{0,4})?$`);
  return new RegExp(`^${escaped.replace('*', '[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?')}$`);
}

function parseOrigin(text: string, customSchemes: boolean): Parsed {
  const parts = /^([a-z][a-z0-9+.-]*):\/\/([^/?#\\\s]*)(.*)$/i.exec(text);
  if (parts === null) return { problem: `write scheme and host, such as ${EXAMPLE}` };
  const [, scheme = '', authority = '', rest = ''] = parts;
  if (authority.includes('@')) return { problem: `remove the user name and password, as in ${EXAMPLE}` };
  if (rest.startsWith('/') && rest !== '/') return { problem: `remove the path, as in ${EXAMPLE}` };
  if (rest !== '' && rest !== '/') return { problem: `remove everything after the host, as in ${EXAMPLE}` };
  const protocol = scheme.toLowerCase();
  if (protocol !== 'http' && protocol !== 'https') return customOrigin(protocol, authority, customSchemes);
  if (ANY_LOCAL_PORT.test(authority)) return { origin: `${protocol}://${authority.toLowerCase()}` };
  return authority.includes('*') ? wildcardOrigin(protocol, authority) : webOrigin(protocol, authority);
}

function webOrigin(protocol: string, authority: string): Parsed {
  const text = `${protocol}://${authority}`;
  return URL.canParse(text)
    ? { origin: new URL(text).origin }
    : { problem: `the host or port is not valid; an example is ${EXAMPLE}` };
}

function wildcardOrigin(protocol: string, authority: string): Parsed {
  const host = authority.slice(2);
  if (!authority.startsWith('*.') || host.includes('*')) {
    return { problem: `a wildcard stands for the first label alone, as in ${WILDCARD_EXAMPLE}` };
  }
  if (protocol !== 'https') return { problem: `a wildcard needs https, as in ${WILDCARD_EXAMPLE}` };
  const parsed = webOrigin(protocol, host);
  if ('problem' in parsed) return parsed;
  const url = new URL(parsed.origin);
  const labels = url.hostname.split('.').filter((label) => label !== '');
  if (labels.length < MIN_LABELS_AFTER_WILDCARD || /^\d+$/.test(labels.at(-1) ?? '')) {
    return { problem: `a wildcard needs at least three labels after it, as in ${WILDCARD_EXAMPLE}` };
  }
  return { origin: `https://*.${url.host}` };
}

function customOrigin(scheme: string, authority: string, allowed: boolean): Parsed {
  if (!allowed || WITHOUT_ORIGIN.has(scheme)) return { problem: `use https:// or http://, as in ${EXAMPLE}` };
  if (!/^[a-z0-9](?:[a-z0-9._-]{0,252}[a-z0-9])?(?::\d{1,5})?$/i.test(authority)) {
    return { problem: 'write scheme and host, such as chrome-extension://abcdefghijklmnop' };
  }
  return { origin: `${scheme}://${authority.toLowerCase()}` };
}
