import { type ServerResponse } from 'node:http';
import { type Tier } from '@gatehouse/contracts';
import { type FastifyRequest } from 'fastify';
import { type Caller } from '../caller/caller';
import { type EventKind } from './live-event';
import { type Position, idOf, laterOf } from './stream-position';

/** Why a stream ends; told to the client, except `slow` and `client`. */
export const closeReasons = ['renew', 'revoked', 'too_many_streams', 'restarting', 'slow', 'client'] as const;

/** Why a stream ends. */
export type CloseReason = (typeof closeReasons)[number];

/** What a stream needs. */
export interface LiveStreamParts {
  readonly caller: Caller;
  readonly request: FastifyRequest;
  readonly response: ServerResponse;
  /** The events that the caller may read. */
  readonly kinds: ReadonlySet<EventKind>;
  /** When the client must open another stream with a fresh credential, by `now`. */
  readonly endAt: number;
  readonly cursor: Position;
  readonly now: () => number;
}

/** An open stream of a client: an HTTP response without an end. */
export class LiveStream {
  /** Everything up to here was sent, or need not be. */
  cursor: Position;
  /** Since when the client has not read what was sent; undefined while it reads. */
  stalledAt: number | undefined;
  /** When the next heartbeat is due. */
  beatAt: number;
  isClosed = false;

  /** The events that the caller may read. */
  kinds: ReadonlySet<EventKind>;
  /** Tier of the user, on which the limits of quotas depend. */
  tier: Tier;

  constructor(private readonly parts: LiveStreamParts) {
    this.tier = parts.caller.principal.tier;
    this.kinds = parts.kinds;
    this.cursor = parts.cursor;
    this.beatAt = parts.now();
  }

  get caller(): Caller {
    return this.parts.caller;
  }

  get request(): FastifyRequest {
    return this.parts.request;
  }

  get endAt(): number {
    return this.parts.endAt;
  }

  get userId(): string {
    return this.caller.principal.userId;
  }

  /** Moves the cursor forward. */
  advance({ users, data }: Position): void {
    this.cursor = { users: laterOf(this.cursor.users, users), data: laterOf(this.cursor.data, data) };
  }

  /** Sends an event with the id of the cursor. `text` has its other lines. `onRead`: the client reads again after a stall. */
  send(text: string, onRead: () => void): void {
    if (this.parts.response.write(`${text}id: ${idOf(this.cursor)}\n\n`)) return;
    this.stalledAt = this.parts.now();
    this.parts.response.once('drain', () => {
      this.stalledAt = undefined;
      onRead();
    });
  }

  /** Ends the response after a last event. */
  end(reason: CloseReason, retryMs: number): void {
    this.isClosed = true;
    const { response } = this.parts;
    if (reason === 'slow' || this.stalledAt !== undefined) return void response.destroy();
    response.end(`retry: ${retryMs}\nevent: closed\ndata: ${JSON.stringify({ reason })}\n\n`);
    // The gateway waits for open connections when it stops.
    if (reason === 'restarting') response.once('finish', () => response.socket?.destroySoon());
  }
}
