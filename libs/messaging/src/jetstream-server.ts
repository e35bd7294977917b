/*
 * The loop of one consumer.
 *
 * States:
 *
 *   checking    the consumer is compared with its contract.
 *   careful     messages are pulled one by one. A predecessor may have crashed because of one of its messages, and
 *               JetStream redelivers all of them. Each redelivery counts as an attempt. Alone, a message that crashes the
 *               service does not use up the attempts of others.
 *   batching    messages are pulled in batches of `batchSize`. At most two batches are in progress: the next one is
 *               pulled when the handler calls `startNext`, and handled when the one before is settled.
 *   missing     the consumer does not exist or cannot be used. Logged once, reported by readiness, checked again after a
 *               pause. Nothing is consumed until stream-keeper creates it or an operator corrects it.
 *   stopped     the server closes. The batches in progress are settled; other messages are returned by -NAK.
 *
 * Transitions:
 *
 *   checking → careful      when the consumer has unacknowledged messages although this process has settled its own.
 *                           They belong to a crashed predecessor or to another live replica: JetStream does not tell
 *                           to whom. If a live replica has them, this state only costs speed for a while.
 *   checking → batching     otherwise.
 *   checking → missing      on ContractAbsentError or ContractMismatchError; missing → checking after the pause.
 *   careful → batching      after `WAIT_MS` and `ack_wait` together. The last pull of a crashed predecessor may receive
 *                           messages for up to `WAIT_MS`; JetStream redelivers these messages `ack_wait` later.
 *   any → checking          when NATS reconnects, a pull reports trouble or an error is thrown.
 *   any → stopped           when the server closes.
 */
import { setTimeout } from 'node:timers/promises';
import { type ConsumerContract } from '@gatehouse/contracts';
import { UseFilters, applyDecorators } from '@nestjs/common';
import { type CustomTransportStrategy, EventPattern, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { type Logger } from 'pino';
import { type BatchControl, type BatchHandler, settleBatch } from './settle-batch';
import { ContractMissingError } from './errors';
import { type JetStream } from './jetstream';
import { type NatsClient } from './nats-client';
import { PullSubscription } from './pull';
import { RawErrorsFilter } from './raw-errors.filter';
import { type PulledMessage } from './stream-message';
import { CONSUMER_TRANSPORT } from './transports';

/**
 * Marks a controller's method as the handler of a durable consumer. Its payload is `StreamMessage[]`; its context is a
 * `BatchControl`.
 *
 * - When the method returns, all messages are acknowledged.
 * - When the method throws, it receives the messages again one by one. When it throws for a single message, JetStream
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

/**
 * Nest's transport for durable JetStream pull consumers. Pulls only messages that the handler receives at once, and
 * acknowledges them after the handler returned.
 */
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
  ) {
    super();
  }

  override listen(callback: () => void): void {
    for (const [pattern, handler] of this.messageHandlers) {
      const consumer = (handler.extras as { consumer?: ConsumerContract } | undefined)?.consumer;
      if (consumer === undefined) throw new ContractMissingError(pattern);
      this.loops.push(this.consume(consumer, this.toBatchHandler(handler)));
    }
    this.nats.onConnect(() => {
      this.reconnected.abort();
      this.reconnected = new AbortController();
    });
    callback();
  }

  /** Pulls no new messages, settles those in progress and returns the others to JetStream. */
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
    let checked: AbortSignal | undefined;
    let carefulUntil = 0;
    let finishing: Promise<void> = Promise.resolve();
    while (!this.stopping.signal.aborted) {
      const { signal } = this.reconnected;
      try {
        if (checked !== signal) {
          // Waits until this process's own messages are settled. Otherwise they would be taken for messages of a
          // crashed predecessor.
          await finishing;
          const { unacknowledged, ackWaitMs } = await this.jetStream.checkConsumer(consumer);
          if (unacknowledged > 0 && (await this.isStillInProgress(consumer))) {
            carefulUntil = performance.now() + ackWaitMs + WAIT_MS;
          }
        }
        checked = signal;
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
          checked = undefined;
          this.log.debug({ consumer: consumer.durable, ...trouble }, 'pull rejected');
          await this.pause(TROUBLE_PAUSE_MS);
        }
      } catch (error) {
        checked = undefined;
        this.log.debug({ consumer: consumer.durable, err: error }, 'consuming failed; retrying');
        await this.pause(TROUBLE_PAUSE_MS);
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
