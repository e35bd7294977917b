import { type StreamContract, jetStreamApiPrefix } from '@gatehouse/contracts';
import { type NatsConnection } from '@nats-io/transport-node';
import { JetStreamUnavailableError, PublishRefusedError, StaleSequenceError, StreamWentBackError } from '../errors';
import { unavailable } from '../jetstream-api';
import { type JetStream, type StreamState } from '../jetstream';
import { type NatsClient } from '../nats-client';
import { StreamPublisher } from '../stream-publisher';

/** The last message of a subject. */
export interface LastMessage {
  readonly sequence: number;
  readonly data: Uint8Array;
}

const TIMEOUT_MS = 5_000;
/** Error code of JetStream for a message whose expected last sequence of the subject is not the last one. */
const WRONG_LAST_SEQUENCE = 10_071;
/** Error code of JetStream for a message that does not exist. */
const NO_MESSAGE = 10_037;

/**
 * A stream that keeps one message per subject, as its publisher uses it. Several publishers can share it: a message
 * replaces exactly the message that its publisher has seen, or is rejected.
 */
export class CompactedStream {
  private publisher: StreamPublisher | undefined;
  /** The highest sequence that was acknowledged. */
  private highest = 0;

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    readonly contract: StreamContract,
  ) {
    nats.onLoss(() => this.publisher?.giveUp());
  }

  /**
   * Publishes a message if the last message of its subject has the sequence `replaces`; 0 if the subject has none. A
   * deleted message counts as none. Returns the sequence of the new message.
   * @throws StaleSequenceError when the subject has another last message; nothing was stored
   * @throws StreamWentBackError when the stream gave out a sequence again, so it has lost messages; this one was stored
   * @throws PublishRefusedError when the stream rejects the message for another reason; nothing was stored
   * @throws PublishUnacknowledgedError when no answer arrived within 5 s; the message may have been stored
   * @throws NatsDisconnectedError
   */
  async publish(subject: string, data: Uint8Array, replaces: number): Promise<number> {
    const before = this.highest;
    const { sequence } = await this.streamPublisher()
      .publish(subject, data, [
        ['Nats-Expected-Stream', this.contract.name],
        ['Nats-Expected-Last-Subject-Sequence', String(replaces)],
      ])
      .catch((error: unknown) => {
        const stale = error instanceof PublishRefusedError && error.errorCode === WRONG_LAST_SEQUENCE;
        throw stale ? new StaleSequenceError({ cause: error }) : error;
      });
    if (sequence <= before) throw new StreamWentBackError(this.contract.name);
    this.acknowledged(sequence);
    return sequence;
  }

  /** The last message of the subject; undefined without one. @throws JetStreamUnavailableError, NatsDisconnectedError */
  async last(subject: string): Promise<LastMessage | undefined> {
    const what = `reading a message of ${this.contract.name}`;
    const { error, message } = await this.call<{ message?: { seq: number; data?: string } }>(what, {
      last_by_subj: subject,
    });
    if (error?.err_code === NO_MESSAGE) return undefined;
    if (message === undefined) throw new JetStreamUnavailableError(`${what} (${error?.description ?? 'no message'})`);
    return { sequence: message.seq, data: Buffer.from(message.data ?? '', 'base64') };
  }

  /**
   * Overwrites the message `sequence` on the disk and deletes it. Returns whether it existed.
   * @throws JetStreamUnavailableError
   */
  erase(sequence: number): Promise<boolean> {
    return this.jetStream.eraseSequence(this.contract, sequence);
  }

  /**
   * Removes all messages below `sequence`; returns how many. Blocks of the disk that hold none above are deleted; others
   * keep the bytes of removed messages.
   * @throws JetStreamUnavailableError
   */
  purgeBelow(sequence: number): Promise<number> {
    return this.jetStream.purgeUpTo(this.contract, sequence - 1);
  }

  /**
   * State of the stream.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError
   */
  state(): Promise<StreamState> {
    return this.jetStream.checkStream(this.contract);
  }

  /** Takes `sequence` for the last one of the stream. Later messages must have a higher one. */
  expectAbove(sequence: number): void {
    this.highest = sequence;
  }

  /** Takes a sequence for acknowledged, also by another process. Later messages must have a higher one. */
  acknowledged(sequence: number): void {
    this.highest = Math.max(this.highest, sequence);
  }

  private async call<Reply>(what: string, request: object): Promise<Reply & ApiFailure> {
    const subject = `${jetStreamApiPrefix}.STREAM.MSG.GET.${this.contract.name}`;
    const connection = this.nats.get();
    try {
      return (await connection.request(subject, JSON.stringify(request), { timeout: TIMEOUT_MS })).json();
    } catch (error) {
      throw unavailable(what, error);
    }
  }

  private streamPublisher(): StreamPublisher {
    const connection: NatsConnection = this.nats.get();
    if (!this.publisher?.serves(connection)) {
      this.publisher = new StreamPublisher(connection, this.nats.inboxPrefix, TIMEOUT_MS);
    }
    return this.publisher;
  }
}

interface ApiFailure {
  readonly error?: { readonly err_code?: number; readonly description?: string };
}
