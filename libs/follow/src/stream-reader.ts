import { type Msg, type NatsConnection } from '@nats-io/nats-core';
import { StreamUnavailableError } from './errors';

/** State of a stream. */
export interface StreamState {
  /** Time of its creation. Another one means that the stream was lost and made again. */
  readonly created: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** A message of a stream. */
export interface StoredMessage {
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** @see https://docs.nats.io/reference/reference-protocols/nats_api_reference */
interface Reply {
  readonly error?: { readonly code: number; readonly err_code?: number; readonly description?: string };
  readonly created?: string;
  readonly state?: { readonly first_seq: number; readonly last_seq: number };
  readonly message?: { readonly subject: string; readonly seq: number; readonly data?: string };
}

const STREAM_NOT_FOUND = 10_059;
const NO_MESSAGE_FOUND = 10_037;
/** Creation time of a stream that nats-server 2.9 is still creating. */
const NOT_YET = '0001-01-01T00:00:00Z';
/** nats-server 2.9 does not say that nobody answers a request to another account. */
const TIMEOUT_MS = 4_000;

/** Reads a stream with the two calls that every reader may make: STREAM.INFO and STREAM.MSG.GET. */
export class StreamReader {
  constructor(
    private readonly connection: () => NatsConnection,
    private readonly stream: string,
    private readonly apiPrefix: string,
  ) {}

  /** State of the stream; undefined if it does not exist yet. @throws StreamUnavailableError */
  async info(): Promise<StreamState | undefined> {
    const { created, state } = await this.call('INFO', '', STREAM_NOT_FOUND);
    if (created === undefined || created === NOT_YET || state === undefined) return undefined;
    return { created, firstSequence: state.first_seq, lastSequence: state.last_seq };
  }

  /**
   * The first message at or after a sequence whose subject matches; undefined if there is none.
   * @throws StreamUnavailableError
   */
  next(sequence: number, subjects: string): Promise<StoredMessage | undefined> {
    return this.get({ seq: sequence, next_by_subj: subjects });
  }

  /** The message with a sequence; undefined if it was removed or replaced. @throws StreamUnavailableError */
  at(sequence: number): Promise<StoredMessage | undefined> {
    return this.get({ seq: sequence });
  }

  /** The last message of a subject; undefined if there is none. @throws StreamUnavailableError */
  last(subject: string): Promise<StoredMessage | undefined> {
    return this.get({ last_by_subj: subject });
  }

  private async get(query: object): Promise<StoredMessage | undefined> {
    const { message } = await this.call('MSG.GET', JSON.stringify(query), NO_MESSAGE_FOUND);
    if (message === undefined) return undefined;
    const { subject, seq, data = '' } = message;
    return { subject, sequence: seq, data: Buffer.from(data, 'base64') };
  }

  /** Returns the reply, which is empty for the error `absent`. */
  private async call(call: 'INFO' | 'MSG.GET', payload: string, absent: number): Promise<Reply> {
    const subject = `${this.apiPrefix}.STREAM.${call}.${this.stream}`;
    let answer: Msg;
    try {
      answer = await this.connection().request(subject, payload, { timeout: TIMEOUT_MS });
    } catch (error) {
      throw new StreamUnavailableError(subject, reasonOf(error), { cause: error });
    }
    const reply = answer.json<Reply>();
    if (reply.error === undefined) return reply;
    if (reply.error.err_code === absent) return {};
    throw new StreamUnavailableError(subject, reply.error.description ?? `error ${reply.error.code}`);
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'unknown';
}
