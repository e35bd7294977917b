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

/** Clerk's `GET /v1/users/:id`, answering from JSON; counts what it was asked. */
export class ClerkApi {
  readonly asked: string[] = [];
  private readonly answers = new Map<string, Answer[]>();
  private readonly server = createServer((request, response) => this.handle(request, response));

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return this;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** Answers requests for this user, the last answer for ever. */
  answer(clerkUserId: string, ...answers: Answer[]): void {
    this.answers.set(clerkUserId, answers);
  }

  times(clerkUserId: string): number {
    return this.asked.filter((id) => id === clerkUserId).length;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    const id = request.url?.match(/^\/v1\/users\/([^/?]+)$/)?.[1] ?? '';
    this.asked.push(id);
    const answers = this.answers.get(id) ?? [json(404, fixture('bapi.error-404'))];
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
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
