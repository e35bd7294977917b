import { OptionInvalidError } from './errors';
import { type Texts } from './texts';

/** Asks for a session token. Clerk's `session.getToken` fits. */
export type GetToken = (options?: { readonly skipCache?: boolean }) => Promise<string | null> | string | null;

interface CommonOptions {
  /** Address of the gateway, such as `https://api.example.com`. A path prefix is kept. */
  readonly baseUrl: string;
  /** Sends the requests. Default: the global `fetch`, looked up at each request. */
  readonly fetch?: (request: Request) => Promise<Response>;
  /** Limit of each attempt, until its body has arrived. Default: 30 000. */
  readonly timeoutMs?: number;
  /** Repetitions of a request that can be repeated safely. Default: 3. */
  readonly retries?: number;
  /** Wait before the first repetition without `Retry-After`; doubled for each further one. Default: 250. */
  readonly backoffMs?: number;
  /** A `Retry-After` beyond this is not waited for: the error tells it. Default: 10 000. */
  readonly maxWaitMs?: number;
  /** Translation of the texts fit for people. Default: English. */
  readonly texts?: Partial<Texts>;
}

/** A page or an app: the session token of a person. */
export interface TokenOptions extends CommonOptions {
  /**
   * Returns the session token; null when nobody is signed in. Called for each request, once at a time, so let it cache.
   * After 401 `token_expired` it is called with `skipCache: true`, and the request is repeated once.
   */
  readonly getToken: GetToken;
  readonly apiKey?: undefined;
}

/** A server, script or editor extension: an API key. Web pages cannot send one: CORS does not allow it. */
export interface ApiKeyOptions extends CommonOptions {
  /** The key, or a function that returns it from where it is kept; null when there is none yet. */
  readonly apiKey: string | (() => Promise<string | null> | string | null);
  readonly getToken?: undefined;
}

/** Options of {@link createGatehouse}. */
export type GatehouseOptions = TokenOptions | ApiKeyOptions;

/** Checked options, with defaults. */
export interface Settings {
  readonly baseUrl: string;
  readonly fetch: (request: Request) => Promise<Response>;
  readonly timeoutMs: number;
  readonly retries: number;
  readonly backoffMs: number;
  readonly maxWaitMs: number;
  readonly texts: Partial<Texts> | undefined;
}

/** Longest time that timers of every runtime can wait. */
const MAX_MS = 2 ** 31 - 1;

/** Checks options. @throws OptionInvalidError */
export function settingsOf(options: GatehouseOptions): Settings {
  const { fetch = (request: Request) => globalThis.fetch(request), texts } = options;
  return {
    baseUrl: checkedUrl(options.baseUrl),
    // Called without an owner: `fetch` of a browser rejects every other than its window.
    fetch: (request) => fetch(request),
    timeoutMs: checkedMs('timeoutMs', options.timeoutMs ?? 30_000),
    retries: checkedRetries(options.retries ?? 3),
    backoffMs: checkedMs('backoffMs', options.backoffMs ?? 250),
    maxWaitMs: checkedMs('maxWaitMs', options.maxWaitMs ?? 10_000),
    texts,
  };
}

/** Checks a number of milliseconds. @throws OptionInvalidError */
export function checkedMs(name: string, value: number): number {
  return checkedNumber(name, value, 1, MAX_MS);
}

/** Checks a number of repetitions. @throws OptionInvalidError */
export function checkedRetries(value: number): number {
  return checkedNumber('retries', value, 0, 10);
}

function checkedNumber(name: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value) && value >= least && value <= most) return value;
  throw new OptionInvalidError(name, `must be a whole number from ${least} to ${most}`);
}

function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new OptionInvalidError('baseUrl', 'must be a URL that begins with http:// or https://');
  }
  if (`${url.username}${url.password}${url.search}${url.hash}` !== '') {
    throw new OptionInvalidError('baseUrl', 'must have no user, query or fragment');
  }
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
