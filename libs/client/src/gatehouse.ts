import { type Answer, type CallInit, Calls, type Method } from './calls';
import { credentialsOf } from './credentials';
import { GatehouseError } from './errors';
import { fetchAs } from './fetch-as';
import { type StreamOptions, openStream } from './open-stream';
import {
  type Caller,
  type DataOf,
  type EntryOf,
  type ListInit,
  type ListPath,
  type PageOf,
  type PatchOf,
  type UpdateInit,
  type VersionedPath,
} from './operations';
import { type GatehouseOptions, settingsOf } from './options';
import { SameCaller } from './same-caller';

/**
 * A client of the gateway. Every call rejects with a {@link GatehouseError}, with the reason of its signal, or with an
 * `OptionInvalidError` before it sends anything.
 */
export interface Gatehouse {
  readonly GET: Caller<'get'>;
  readonly POST: Caller<'post'>;
  readonly PUT: Caller<'put'>;
  readonly PATCH: Caller<'patch'>;
  readonly DELETE: Caller<'delete'>;

  /**
   * Iterates over all entries of a list, and fetches its pages when they are needed.
   * @example for await (const item of gatehouse.list('/api/items')) show(item.title);
   */
  list<Path extends ListPath>(path: Path, ...init: ListInit<Path>): AsyncGenerator<EntryOf<Path>, void, undefined>;

  /** Iterates over the pages of a list. `params.query.limit` is the size of a page, and `cursor` where to begin. */
  pages<Path extends ListPath>(path: Path, ...init: ListInit<Path>): AsyncGenerator<PageOf<Path>, void, undefined>;

  /**
   * Changes a resource without losing what others change meanwhile: reads it, asks `change` what to change, and sends that
   * with `If-Match`. If somebody was faster, it reads the resource and asks again, three times at most.
   * @param change returns the fields to change, or undefined to leave the resource as it is
   * @returns the resource after the change
   * @throws GatehouseError `version_mismatch` if others were faster each time
   * @example
   *   await gatehouse.update('/api/items/{id}', { params: { path: { id } } }, ({ title }) => ({ title: `${title}!` }));
   */
  update<Path extends VersionedPath>(
    path: Path,
    init: UpdateInit<Path>,
    change: (resource: DataOf<Path, 'get'>) => PatchOf<Path> | undefined,
  ): Promise<DataOf<Path, 'get'>>;

  /**
   * Sends a request to a service of your own behind the gateway, with the credential, and once more with a new token if it
   * had expired. Returns every response, also of errors, and repeats nothing else. `timeoutMs` limits the time until the
   * headers of the response.
   * @param path begins with `/`
   * @throws GatehouseError without a response, or the reason of the signal
   * @example const order = await (await gatehouse.fetch('/orders/1')).json();
   */
  fetch(path: string, init?: RequestInit): Promise<Response>;

  /**
   * Opens one stream of `GET /api/realtime`, for `followChanges` of `@gatehouse/client/live`.
   * @throws GatehouseError, or the reason of the signal
   */
  openStream(options?: StreamOptions): Promise<Response>;
}

const UPDATE_ATTEMPTS = 3;

/**
 * Makes a client. It needs no DOM: it works in browsers, Node 20.19 or later, workers and editor extensions.
 * @throws OptionInvalidError
 * @example
 *   const gatehouse = createGatehouse({ baseUrl: 'https://api.example.com', getToken: () => session.getToken() });
 *   const { data: me } = await gatehouse.GET('/api/me');
 */
export function createGatehouse(options: GatehouseOptions): Gatehouse {
  const settings = settingsOf(options);
  const calls = new Calls(settings, credentialsOf(options, settings.timeoutMs, settings.texts));
  const caller = (method: Method) => (path: string, init?: CallInit) => calls.call(method, path, init);
  return {
    GET: caller('get') as never,
    POST: caller('post') as never,
    PUT: caller('put') as never,
    PATCH: caller('patch') as never,
    DELETE: caller('delete') as never,
    async *list<Path extends ListPath>(path: Path, ...[init]: ListInit<Path>) {
      for await (const { items } of pagesOf(calls, path, init as CallInit)) yield* items as EntryOf<Path>[];
    },
    pages: <Path extends ListPath>(path: Path, ...[init]: ListInit<Path>) =>
      pagesOf(calls, path, init as CallInit) as AsyncGenerator<PageOf<Path>, void, undefined>,
    update: (path, init, change) =>
      update(calls, path, init as CallInit, change as (resource: unknown) => unknown) as never,
    fetch: (path, init) => fetchAs(calls, path, init),
    openStream: (streamOptions = {}) => openStream(calls, streamOptions),
  };
}

/** Entity tag of a version, for `If-Match`. */
export function etagOf({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

interface AnyPage {
  readonly items: readonly unknown[];
  readonly nextCursor: string | null;
}

async function* pagesOf(calls: Calls, path: string, init: CallInit = {}): AsyncGenerator<AnyPage, void, undefined> {
  const { params = {} } = init as { params?: { query?: object } };
  const caller = new SameCaller(calls.settings.texts);
  let cursor: string | null = null;
  do {
    const query = { ...params.query, ...(cursor !== null && { cursor }) };
    const sent = { ...init, params: { ...params, query } } as CallInit;
    const { data } = (await calls.call('get', path, sent, caller)) as { data: AnyPage };
    // A cursor that repeats would never end.
    if (data.nextCursor !== null && data.nextCursor === cursor) {
      const detail = 'the list gives the same cursor again';
      throw new GatehouseError({ code: 'response_invalid', detail }, calls.settings.texts);
    }
    yield data;
    cursor = data.nextCursor;
  } while (cursor !== null);
}

async function update(
  calls: Calls,
  path: string,
  init: CallInit,
  change: (resource: unknown) => unknown,
): Promise<unknown> {
  const caller = new SameCaller(calls.settings.texts);
  for (let attempt = 1; ; attempt += 1) {
    const read = (await calls.call('get', path, init, caller)) as Answer<{ version: number }>;
    const body = change(read.data);
    if (body === undefined) return read.data;
    const header = { 'If-Match': etagOf(read.data) };
    try {
      const sent = { ...init, params: { ...init.params, header }, body };
      const written = await calls.call('patch', path, sent, caller);
      // Some routes answer a part of what GET shows.
      return { ...read.data, ...(written.data as object) };
    } catch (error) {
      const isOvertaken = error instanceof GatehouseError && error.code === 'version_mismatch';
      if (!isOvertaken || attempt >= UPDATE_ATTEMPTS) throw error;
    }
  }
}
