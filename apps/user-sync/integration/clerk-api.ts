import { readFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { join } from 'node:path';

const fixtures = join(__dirname, '../fixtures/clerk');

/** A payload as Clerk sends it. */
export function fixture<Json = Record<string, unknown>>(name: string): Json {
  return JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')) as Json;
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** Clerk's `GET /v1/users/:id` and `GET /v1/sessions/:id`, answering from JSON; counts what it was asked. */
export class ClerkApi {
  readonly asked: string[] = [];
  readonly directory = new Directory();
  private readonly answers = new Map<string, Answer[]>();
  private readonly server = createServer((request, response) => this.handle(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers requests for this user or session, the last answer for ever. */
  answer(id: string, ...answers: Answer[]): void {
    this.answers.set(id, answers);
  }

  times(clerkUserId: string): number {
    return this.asked.filter((id) => id === clerkUserId).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '/', 'http://clerk');
    const id = url.pathname.match(/^\/v1\/(?:users|sessions)\/([^/]+)$/)?.[1] ?? '';
    const answers = this.answers.get(id);
    this.asked.push(id);
    if (answers === undefined) return this.directory.answer(url, id)(request, response);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  }
}

/** All users of a Clerk instance: listed in order of creation, counted, found by id. */
export class Directory {
  /** Oldest first. */
  users: { id: string }[] = [];
  instanceId = 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz';
  /** Page size at most. */
  maxPage = 500;
  /** Whom the list leaves out, though they can be found by id. */
  readonly hidden = new Set<string>();
  /** The cursors of the pages that were asked for. */
  readonly pages: (string | null)[] = [];
  /** Runs before a page is given. */
  onPage: (cursor: string | null) => void = () => undefined;

  answer(url: URL, id: string): Answer {
    const gone = json(404, fixture('bapi.error-404'));
    if (url.pathname === '/v1/jwks') return json(200, { keys: [{ kid: this.instanceId }] });
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
    const cursor = url.searchParams.get('starting_after');
    this.onPage(cursor);
    this.pages.push(cursor);
    const start = cursor === null ? 0 : this.users.findIndex((user) => user.id === cursor) + 1;
    if (cursor !== null && start === 0) return gone;
    const listed = this.users.slice(start).filter((user) => !this.hidden.has(user.id));
    return json(200, listed.slice(0, Math.min(this.maxPage, Number(url.searchParams.get('limit')))));
  }
}

/** An answer in JSON, as Clerk gives it. */
export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

/** No answer at all. */
export const silence: Answer = () => undefined;

/** A broken connection. */
export const hangUp: Answer = (request) => void request.socket.destroy();
