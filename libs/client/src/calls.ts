import createClient, { type Client } from 'openapi-fetch';
import { type CredentialHeader, type Credentials } from './credentials';
import { pause, withDeadline } from './deadline';
import { type GatehouseError, OptionInvalidError } from './errors';
import { type paths } from './generated/api';
import { keyedPosts } from './generated/keyed-posts';
import { type Settings, checkedMs, checkedRetries } from './options';
import { errorOf, failureOf } from './problem';
import { pauseBefore } from './retry';
import { SameCaller } from './same-caller';

/** Options of every call. */
export interface CallOptions {
  /** Ends the call, also while it waits for a repetition. The call rejects with the reason of the signal. */
  readonly signal?: AbortSignal;
  /** Limit of each attempt. Default: that of the client. */
  readonly timeoutMs?: number;
  /** Repetitions. Default: those of the client. */
  readonly retries?: number;
  /** Headers besides those of the parameters. */
  readonly headers?: Readonly<Record<string, string>>;
  /**
   * Key of a POST request that takes one. Default: a random key for each call. Give your own to repeat a call that
   * failed, also after a restart.
   */
  readonly idempotencyKey?: string;
}

/** A response and its body. */
export interface Answer<Data> {
  readonly data: Data;
  readonly response: Response;
}

/** Methods of the gateway's routes. */
export type Method = 'get' | 'post' | 'put' | 'patch' | 'delete';

/** What a call sends, in the form of openapi-fetch. */
export interface CallInit extends CallOptions {
  readonly params?: {
    readonly header?: Readonly<Record<string, unknown>>;
    readonly path?: Readonly<Record<string, unknown>>;
  };
  readonly body?: unknown;
}

/** What is known of an attempt. */
interface Seen {
  isSent: boolean;
  response?: Response;
}

const UNSENDABLE = 'cannot be sent: a header holds Latin characters on one line, and a body is text or fits into JSON';
const SAFE_TO_REPEAT: readonly string[] = ['get', 'put', 'delete'];

/** Sends requests, and repeats those that may be repeated. */
export class Calls {
  private readonly client: Client<paths>;

  constructor(
    readonly settings: Settings,
    readonly credentials: Credentials,
  ) {
    // A redirect is not followed: `fetch` would send an API key to another host. Bodies that are texts are CSV and such.
    this.client = createClient<paths>({
      baseUrl: settings.baseUrl,
      redirect: 'manual',
      bodySerializer: (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body)),
    });
  }

  /**
   * Sends a request until it succeeds, fails for good, or has been repeated often enough.
   * @param caller whom the requests of one call have in common
   * @throws GatehouseError, OptionInvalidError, or the reason of the signal
   */
  async call(
    method: Method,
    path: string,
    init: CallInit = {},
    caller = new SameCaller(this.settings.texts),
  ): Promise<Answer<unknown>> {
    const { settings } = this;
    const { signal, timeoutMs = settings.timeoutMs, retries = settings.retries, idempotencyKey, ...sent } = init;
    const key = method === 'post' ? (idempotencyKey ?? givenKey(init) ?? newKeyFor(path)) : undefined;
    const request = { isIdempotent: SAFE_TO_REPEAT.includes(method) || key !== undefined, hasKey: key !== undefined };
    const limits = { ...settings, retries: checkedRetries(retries) };
    const limitMs = checkedMs('timeoutMs', timeoutMs);
    checkPath(path, init);
    const headers = { ...sent.headers, ...(key !== undefined && { 'idempotency-key': key }) };
    for (let failures = 1; ; failures += 1) {
      try {
        return await this.attempt(method, path, { ...sent, headers }, caller, limitMs, signal);
      } catch (error) {
        signal?.throwIfAborted();
        const waitMs = pauseBefore(failures, error as GatehouseError, request, limits, Math.random());
        if (waitMs === undefined) throw error;
        await pause(waitMs, signal);
      }
    }
  }

  /**
   * Sends a request once, and once more with a new token if the token had expired.
   * @throws GatehouseError, OptionInvalidError
   */
  private async attempt(
    method: Method,
    path: string,
    init: CallInit,
    caller: SameCaller,
    timeoutMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Answer<unknown>> {
    const seen: Seen = { isSent: false };
    try {
      return await withDeadline(timeoutMs, signal, async (bounded) => {
        const credential = caller.check(await this.credentials.current());
        const first = await this.send(method, path, init, credential, bounded, seen);
        if (!('error' in first)) return first;
        const renewed = first.error.code === 'token_expired' ? await this.credentials.renewed(credential) : undefined;
        if (renewed !== undefined) caller.check(renewed);
        const last = renewed === undefined ? first : await this.send(method, path, init, renewed, bounded, seen);
        if ('error' in last) throw last.error;
        return last;
      });
    } catch (cause) {
      signal?.throwIfAborted();
      // The message of the cause can quote the value of a header.
      if (!seen.isSent && cause instanceof TypeError) throw new OptionInvalidError('a header or the body', UNSENDABLE);
      throw failureOf(cause, seen.response, this.settings.texts);
    }
  }

  private async send(
    method: Method,
    path: string,
    { headers, ...init }: CallInit,
    credential: CredentialHeader,
    signal: AbortSignal,
    seen: Seen,
  ): Promise<Answer<unknown> | { readonly error: GatehouseError }> {
    const sent = {
      ...init,
      headers: { accept: 'application/json', ...headers, ...(credential && { [credential[0]]: credential[1] }) },
      signal,
      fetch: async (request: Request) => {
        seen.isSent = true;
        return (seen.response = await this.settings.fetch(request));
      },
    };
    const { data, error, response } = await this.client.request(method as never, path as never, sent as never);
    return response.ok ? { data, response } : { error: errorOf(response, error, this.settings.texts) };
  }
}

/**
 * Checks the parameters of a path. An empty one, or one that a URL drops, would make it the path of another route:
 * `DELETE /api/auth-sessions/{id}` would end all sessions.
 * @throws OptionInvalidError
 */
function checkPath(path: string, { params }: CallInit): void {
  for (const [, name = ''] of path.matchAll(/\{(\w+)\}/g)) {
    const value = params?.path?.[name];
    if (value === undefined || value === null || (typeof value === 'string' && /^\.{0,2}$/.test(value))) {
      throw new OptionInvalidError(`params.path.${name}`, 'must not be missing, empty, "." or ".."');
    }
  }
}

function givenKey({ params, headers }: CallInit): string | undefined {
  const key = params?.header?.['Idempotency-Key'] ?? headers?.['Idempotency-Key'] ?? headers?.['idempotency-key'];
  return typeof key === 'string' ? key : undefined;
}

/** A random key for a path whose POST takes one. Other paths reject the header. */
function newKeyFor(path: string): string | undefined {
  if (!keyedPosts.includes(path)) return undefined;
  // `crypto.randomUUID` is missing in pages without HTTPS.
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
