/*
 * The loop of one consumer.
 *
 * States:
 *
 *   ensuring    the stream and the consumer are created or compared with their contracts.
 *   careful     messages are pulled one by one. A predecessor crashed with messages in progress, and JetStream redelivers
 *               these within `ack_wait`. Each redelivery counts as an attempt, so a message that crashes the service
 *               must not use up the attempts of others.
 *   batching    messages are pulled in batches of `batchSize`. At most two batches are in progress: the next one is
 *               pulled when the handler calls `startNext`, and handled when the one before is settled.
 *   refused     NATS refuses the consumer's configuration. Logged once, reported by readiness, retried with a growing
 *               pause. Nothing is consumed until an operator corrects it.
 *   stopped     the server closes. The batches in progress are settled; other messages are returned by -NAK.
 *
 * Transitions:
 *
 *   ensuring → careful      when messages of another process are still in progress.
 *   ensuring → batching     otherwise.
 *   ensuring → refused      on JetStreamConfigurationError; refused → ensuring after the pause.
 *   careful → batching      when `ack_wait` and one pull are over.
 *   any → ensuring          when NATS reconnects, a pull reports trouble or an error is thrown.
 *   any → stopped           when the server closes.
 */
import { setTimeout } from 'node:timers/promises';
import { type ConsumerContract } from '@gatehouse/contracts';
import { UseFilters, applyDecorators } from '@nestjs/common';
import { type CustomTransportStrategy, EventPattern, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { type Logger } from 'pino';
import { type BatchControl, type BatchHandler, settleBatch } from './settle-batch';
import { ContractMissingError, JetStreamConfigurationError } from './errors';
import { type JetStream } from './jetstream';
import { type NatsClient } from './nats-client';
import { PullSubscription } from './pull';
import { RawErrorsFilter } from './raw-errors.filter';
import { type PulledMessage } from './stream-message';
import { CONSUMER_TRANSPORT } from './transports';

/**
 * Marks a controller's method as the handler of a durable consumer. The method receives `StreamMessage[]` and, as its
 * context, a `BatchControl`.
 *
 * - When the method returns, all messages are acknowledged.
 * - When the method throws, it receives the messages again one by one. If it throws for a single message, JetStream
 *   redelivers that message after `ack_wait`.
 * - When the method throws SharedOutageError, the consumer pauses and retries the same messages.
 */
export function ConsumerHandler(consumer: ConsumerContract): MethodDecorator {
  const pattern = `${consumer.stream.name}/${consumer.durable}`;
  return applyDecorators(EventPattern<string>(pattern, CONSUMER_TRANSPORT, { consumer }), UseFilters(RawErrorsFilter));
}

const WAIT_MS = 5_000;
const TROUBLE_PAUSE_MS = 500;
const ACKNOWLEDGED_MS = 250;
const REFUSAL_PAUSE_MS = { first: 500, most: 5_000 };

/** Settings of a consumer that replace the settings in its contract; milliseconds. */
export type JetStreamServerOptions = Partial<Pick<ConsumerContract, 'ackWaitMs'>>;

/** Nest's transport for durable JetStream pull consumers. Acknowledges a batch after its handler has returned. */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = CONSUMER_TRANSPORT;
  /** Makes Nest pass a handler's error to this transport, which decides what the error means. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly stopping = new AbortController();
  /** Aborted and replaced at each connect, because requests on the earlier connection get no answer. */
  private reconnected = new AbortController();
  private readonly loops: Promise<void>[] = [];

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly inboxPrefix: string,
    private readonly log: Logger,
    private readonly options: JetStreamServerOptions = {},
  ) {
    super();
  }

  override listen(callback: () => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      const consumer = (handler.extras as { consumer?: ConsumerContract } | undefined)?.consumer;
      if (consumer === undefined) throw new ContractMissingError(pattern);
      this.loops.push(this.consume({ ...consumer, ...this.options }, this.toBatchHandler(handler)));
    }
    this.nats.onConnect(() => {
      this.reconnected.abort();
      this.reconnected = new AbortController();
    });
    callback();
  }

  /** Stops pulling, settles the messages in progress and returns the others to JetStream. */
  override async close(): Promise<void> {
    this.stopping.abort();
    await Promise.all(this.loops);
  }

  override on(): never {
    throw new ContractMissingError('on');
  }

  override unwrap<Value>(): Value {
    return this.nats as Value;
  }

  private toBatchHandler(handler: MessageHandler): BatchHandler {
    return async (messages, control) => {
      const result: unknown = await handler(messages, control);
      await lastValueFrom<unknown, undefined>(this.transformToObservable(result as Promise<unknown>), {
        defaultValue: undefined,
      });
    };
  }

  private async consume(consumer: ConsumerContract, handle: BatchHandler): Promise<void> {
    let ensured: AbortSignal | undefined;
    let carefulUntil = 0;
    let finishing: Promise<void> = Promise.resolve();
    let refusalPauseMs = 0;
    while (!this.stopping.signal.aborted) {
      const { signal } = this.reconnected;
      try {
        if (ensured !== signal) {
          // Waits until this process's own messages are settled. Otherwise they would be taken for messages of a
          // crashed predecessor.
          await finishing;
          const { num_ack_pending: inProgress } = await this.jetStream.ensureConsumer(consumer);
          if (refusalPauseMs > 0) this.log.info({ consumer: consumer.durable }, 'consumer configuration accepted');
          refusalPauseMs = 0;
          if (inProgress > 0 && (await this.isStillInProgress(consumer))) {
            carefulUntil = performance.now() + consumer.ackWaitMs + WAIT_MS;
          }
        }
        ensured = signal;
        const batchSize = performance.now() < carefulUntil ? 1 : consumer.batchSize;
        const pull = new PullSubscription(this.nats.get(), consumer, this.inboxPrefix);
        const { messages, trouble } = await pull.next(
          WAIT_MS,
          AbortSignal.any([this.stopping.signal, signal]),
          batchSize,
        );
        if (messages.length > 0) {
          const batch = this.startBatch(handle, messages);
          await (batchSize === 1 ? batch.settled : Promise.race([batch.settled, batch.nextMayStart]));
          await finishing;
          finishing = batch.settled;
        }
        if (trouble !== undefined) {
          ensured = undefined;
          this.log.debug({ consumer: consumer.durable, ...trouble }, 'pull rejected');
          await this.pause(TROUBLE_PAUSE_MS);
        }
      } catch (error) {
        ensured = undefined;
        const fields = { consumer: consumer.durable, err: error };
        if (error instanceof JetStreamConfigurationError) {
          if (refusalPauseMs === 0) this.log.error(fields, 'consumer configuration refused; retrying');
          refusalPauseMs = Math.min(Math.max(refusalPauseMs * 2, REFUSAL_PAUSE_MS.first), REFUSAL_PAUSE_MS.most);
          await this.pause(refusalPauseMs);
        } else {
          this.log.debug(fields, 'JetStream unavailable; retrying');
          await this.pause(TROUBLE_PAUSE_MS);
        }
      }
    }
    await finishing;
  }

  /**
   * Whether the consumer still has unacknowledged messages after a short pause. The pause is needed, because JetStream
   * counts an acknowledgement with a short delay.
   */
  private async isStillInProgress(consumer: ConsumerContract): Promise<boolean> {
    await this.pause(ACKNOWLEDGED_MS);
    return ((await this.jetStream.consumerState(consumer))?.unacknowledged ?? 0) > 0;
  }

  /**
   * Starts to handle a batch. Returns two promises: `settled` resolves when all messages are settled, `nextMayStart`
   * when the handler calls `startNext`.
   */
  private startBatch(handle: BatchHandler, messages: PulledMessage[]) {
    let startNext = (): void => undefined;
    const nextMayStart = new Promise<void>((resolve) => (startNext = resolve));
    const control: BatchControl = { startNext };
    const settled = settleBatch(messages, handle, control, { log: this.log, stopping: this.stopping.signal });
    return { nextMayStart, settled };
  }

  /** Waits; the wait ends early when the server closes. */
  private async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
