import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';

const fixtures = join(__dirname, '../fixtures/clerk');

/** A recorded payload of Clerk. */
export function fixture<Json = Record<string, unknown>>(name: string): Json {
  return JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Json;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A merge into a user's `public_metadata`. */
export interface MetadataWrite {
  readonly id: string;
  readonly metadata: Record<string, unknown>;
}

/**
 * An HTTP server in place of Clerk's Backend API: users, sessions and metadata. Records the requests and the writes.
 */
export class ClerkApi {
  readonly asked: string[] = [];
  readonly writes: MetadataWrite[] = [];
  readonly directory = new Directory();
  readonly sessions = new SessionsAtClerk();
  /** Secret keys of the answered requests, in order. */
  readonly keys: string[] = [];
  /** Secret keys that Clerk rejects, because they were deleted. */
  readonly deletedKeys = new Set<string>();
  /** By secret key: its instance, if it is not that of `directory`. */
  readonly instances = new Map<string, string>();
  /** While set, the answer to every request. */
  outage: Answer | undefined;
  /** Runs before a write is answered. */
  onWrite: (write: MetadataWrite) => Promise<void> | void = () => undefined;
  private readonly answers = new Map<string, Answer[]>();
  private readonly writeAnswers = new Map<string, Answer>();
  private readonly server = createServer((request, response) => this.handle(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Sets the answers for this user or session, in order; the last one repeats. */
  answer(id: string, ...answers: Answer[]): void {
    this.answers.set(id, answers);
  }

  /** Sets the answer to writes of this user's metadata; without one, Clerk's normal answer. */
  answerWrite(id: string, answer?: Answer): void {
    if (answer === undefined) this.writeAnswers.delete(id);
    else this.writeAnswers.set(id, answer);
  }

  /** Metadata that was written for this user, in order. */
  writesOf(clerkUserId: string): Record<string, unknown>[] {
    return this.writes.filter(({ id }) => id === clerkUserId).map(({ metadata }) => metadata);
  }

  times(clerkUserId: string): number {
    return this.asked.filter((id) => id === clerkUserId).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    // Every request must pin the API version.
    if (request.headers['clerk-api-version'] !== '2026-05-12') {
      return json(400, { errors: [{ code: 'api_version_not_pinned', message: 'Clerk-API-Version is missing' }] })(
        request,
        response,
      );
    }
    if (this.outage !== undefined) return this.outage(request, response);
    const url = new URL(request.url ?? '/', 'http://clerk');
    const key = request.headers.authorization?.replace('Bearer ', '') ?? '';
    if (this.deletedKeys.has(key)) {
      return json(401, { errors: [{ code: 'authorization_invalid', message: 'Unauthorized request' }] })(
        request,
        response,
      );
    }
    this.keys.push(key);
    const instance = this.instances.get(key);
    if (instance !== undefined && url.pathname === '/v1/instance') {
      return json(200, { object: 'instance', id: instance })(request, response);
    }
    const written = url.pathname.match(/^\/v1\/users\/([^/]+)\/metadata$/)?.[1];
    if (request.method === 'PATCH' && written !== undefined) return void this.write(written, request, response);
    const id = url.pathname.match(/^\/v1\/(?:users|sessions)\/([^/]+)$/)?.[1] ?? '';
    const answers = this.answers.get(id);
    this.asked.push(id);
    const session = answers === undefined ? this.sessions.answer(request.method ?? 'GET', url) : undefined;
    if (session !== undefined) return session(request, response);
    if (answers === undefined) return this.directory.answer(url, id)(request, response);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  }

  private async write(id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { public_metadata: metadata } = JSON.parse(body) as { public_metadata: Record<string, unknown> };
    this.writes.push({ id, metadata });
    await this.onWrite({ id, metadata });
    const answer = this.writeAnswers.get(id) ?? this.directory.merge(id, metadata);
    answer(request, response);
  }
}

/** Sessions at Clerk: listed, newest first; found by id; revoked. */
export class SessionsAtClerk {
  /** Oldest first. */
  readonly all: SessionJson[] = [];
  /** Sessions that lists omit, though they are found by id. */
  readonly hidden = new Set<string>();
  /** Ids of the revoked sessions, in order. */
  readonly revoked: string[] = [];
  /** While set, the answer to lists. */
  listAnswer: Answer | undefined;
  /** Ids that Clerk refuses, with its answer. */
  readonly refused = new Map<string, Answer>();
  /** While set, the answer to revocations. */
  revokeAnswer: Answer | undefined;

  /** Begins a session, at `at` by Clerk's clock. */
  begin(userId: string, changes: Record<string, unknown> = {}, at = Date.now()): SessionJson {
    const sample = fixture<{ data: Record<string, unknown> }>('session.created').data;
    const { user: _user, ...data } = sample;
    const times = { created_at: at, updated_at: at, last_active_at: at, expire_at: at + 7 * 86_400_000 };
    const id = `sess_${String(this.all.length).padStart(3, '0')}${Math.random().toString(36).slice(2)}`;
    const session = { ...data, ...times, id, user_id: userId, status: 'active', ...changes } as SessionJson;
    this.all.push(session);
    return session;
  }

  /** The answer to a request about sessions that begun here; undefined for any other request. */
  answer(method: string, url: URL): Answer | undefined {
    if (url.pathname === '/v1/sessions') return this.listAnswer ?? this.list(url.searchParams);
    const [, id, verb] = url.pathname.match(/^\/v1\/sessions\/([^/]+)(\/revoke)?$/) ?? [];
    const refusal = this.refused.get(id ?? '');
    if (refusal !== undefined) return refusal;
    const session = this.all.find((each) => each.id === id);
    if (session === undefined || (verb !== undefined) !== (method === 'POST')) return undefined;
    if (verb !== undefined) {
      if (this.revokeAnswer !== undefined) return this.revokeAnswer;
      this.revoked.push(session.id);
      session.status = 'revoked';
    }
    return json(200, session);
  }

  private list(query: URLSearchParams): Answer {
    const [userId, status, limit, offset] = ['user_id', 'status', 'limit', 'offset'].map((name) => query.get(name));
    const found = this.all.filter(
      (each) => each.user_id === userId && !this.hidden.has(each.id) && (status === null || each.status === status),
    );
    const from = Number(offset ?? 0);
    return json(200, found.reverse().slice(from, from + Number(limit ?? 10)));
  }
}

/** A session as the Backend API returns it. */
export type SessionJson = Record<string, unknown> & { id: string; user_id: string; status: string };

/** All users of a Clerk instance: listed in order of creation, counted, found by id. */
export class Directory {
  /** Oldest first. */
  users: { id: string }[] = [];
  instanceId = 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz';
  /** Maximum page size. */
  maxPage = 500;
  /** Users that lists omit, though they are found by id. */
  readonly hidden = new Set<string>();
  /** Cursors of the requested pages. */
  readonly pages: (string | null)[] = [];
  /** Answers to use once for the page after a user; null is the first page. */
  readonly refusals: [after: string | null, answer: Answer][] = [];
  /** Runs before a page is answered. */
  onPage: (cursor: string | null) => void = () => undefined;

  /** Merges into a user's metadata, which increments the user's version. */
  merge(id: string, metadata: Record<string, unknown>): Answer {
    const index = this.users.findIndex((user) => user.id === id);
    const user = this.users[index] as ({ id: string } & Record<string, unknown>) | undefined;
    if (user === undefined) return json(404, fixture('bapi.error-404'));
    const merged = deepMerge(user.public_metadata, metadata);
    const changed = { ...user, public_metadata: merged, updated_at: Number(user.updated_at) + 1 };
    this.users[index] = changed;
    return json(200, changed);
  }

  answer(url: URL, id: string): Answer {
    const gone = json(404, fixture('bapi.error-404'));
    if (url.pathname === '/v1/instance') {
      return json(200, {
        object: 'instance',
        id: this.instanceId,
        environment_type: 'development',
        allowed_origins: null,
      });
    }
    if (url.pathname === '/v1/users/count') {
      return json(200, { object: 'total_count', total_count: this.users.length });
    }
    if (url.pathname !== '/v1/users') {
      const user = this.users.find((each) => each.id === id);
      return user === undefined ? gone : json(200, user);
    }
    const wanted = url.searchParams.getAll('user_id');
    if (wanted.length > 0)
      return json(
        200,
        this.users.filter((user) => wanted.includes(user.id)),
      );
    const address = url.searchParams.get('email_address');
    if (address !== null)
      return json(
        200,
        this.users.filter((user) => addressesOf(user).includes(address)),
      );
    const externalIds = url.searchParams.getAll('external_id');
    if (externalIds.length > 0)
      return json(
        200,
        this.users.filter((user) => externalIds.includes((user as { external_id?: string }).external_id ?? '')),
      );
    const cursor = url.searchParams.get('starting_after');
    this.onPage(cursor);
    this.pages.push(cursor);
    const refusal = this.refusals.findIndex(([after]) => after === cursor);
    if (refusal >= 0) return this.refusals.splice(refusal, 1)[0]?.[1] ?? gone;
    const start = cursor === null ? 0 : this.users.findIndex((user) => user.id === cursor) + 1;
    if (cursor !== null && start === 0) return gone;
    const listed = this.users.slice(start).filter((user) => !this.hidden.has(user.id));
    return json(200, listed.slice(0, Math.min(this.maxPage, Number(url.searchParams.get('limit')))));
  }
}

/** Clerk keeps addresses in lower case. */
function addressesOf(user: { readonly id: string }): string[] {
  const { email_addresses = [] } = user as { email_addresses?: { email_address: string }[] };
  return email_addresses.map(({ email_address }) => email_address.toLowerCase());
}

/** Merges objects at every depth, as Clerk does; null deletes a member, anything else replaces it. */
function deepMerge(held: unknown, patch: Record<string, unknown>): Record<string, unknown> {
  const merged = isObject(held) ? { ...held } : {};
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) delete merged[name];
    else merged[name] = isObject(value) ? deepMerge(merged[name], value) : value;
  }
  return merged;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** No answer: the request stays open. */
export const silence: Answer = () => undefined;

/** Closes the connection without an answer. */
export const hangUp: Answer = (request) => void request.socket.destroy();
