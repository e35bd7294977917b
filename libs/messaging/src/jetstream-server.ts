import { setTimeout } from 'node:timers/promises';
import { type ConsumerContract } from '@gatehouse/contracts';
import { UseFilters, applyDecorators } from '@nestjs/common';
import { type CustomTransportStrategy, EventPattern, type MessageHandler, Server } from '@nestjs/microservices';
import { lastValueFrom } from 'rxjs';
import { type Logger } from 'pino';
import { type StreamMessage, type PulledMessage } from './stream-message';
import { ContractMissingError, JetStreamConfigurationError, SharedOutageError } from './errors';
import { type JetStream } from './jetstream';
import { type NatsClient } from './nats-client';
import { PullSubscription } from './pull';
import { RawErrorsFilter } from './raw-errors.filter';
import { CONSUMER_TRANSPORT } from './transports';

/**
 * Marks a controller's method as the handler of a durable consumer. It is given `StreamMessage[]`; when it returns,
 * all of them are acknowledged. When it throws, they are handed to it again one by one; one that throws alone comes
 * again after `ack_wait`. On a SharedOutageError the consumer pauses and tries the same messages again. Its context is a
 * `BatchControl`.
 */
export function ConsumerHandler(consumer: ConsumerContract): MethodDecorator {
  const pattern = `${consumer.stream.name}/${consumer.durable}`;
  return applyDecorators(EventPattern<string>(pattern, CONSUMER_TRANSPORT, { consumer }), UseFilters(RawErrorsFilter));
}

const WAIT_MS = 5_000;
const TROUBLE_PAUSE_MS = 500;
const ACKNOWLEDGED_MS = 250;
const OUTAGE_PAUSE_MS = { first: 200, most: 5_000 };
const REFUSAL_PAUSE_MS = { first: 500, most: 5_000 };
/**
 * Three progress reports fit into the shortest `ack_wait` that a service accepts: the consumer's is whatever the replica
 * asked for that connected last.
 */
const PROGRESS_MS = 333;

/** What an operator may choose in place of a consumer's contract. Milliseconds. */
export type JetStreamServerOptions = Partial<Pick<ConsumerContract, 'ackWaitMs'>>;

/** A handler's turn, which it may pass before it returns: the next batch is then handled while it finishes this one. */
export interface BatchControl {
  readonly startNext: () => void;
}

/** A turn that is not passed. */
const kept: BatchControl = { startNext: () => undefined };

type BatchHandler = (messages: readonly StreamMessage[], control: BatchControl) => Promise<void>;

/** Nest's transport for durable JetStream pull consumers: exact batches, acknowledged after the handler returned. */
export class JetStreamServer extends Server implements CustomTransportStrategy {
  override readonly transportId = CONSUMER_TRANSPORT;
  /** This transport decides itself what a handler's failure means. */
  override readonly propagatesEventHandlerErrors = true;
  private readonly stopping = new AbortController();
  /** Aborted at each connect: what was asked of the connection before will not be answered. */
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

  /** Takes no new messages, finishes those in hand and gives back the rest. */
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
    // What a predecessor had in hand when it crashed comes again within its `ack_wait`. It is pulled one by one: each
    // delivery counts as a try, and one message that crashes the service must not use up those of others.
    let carefulUntil = 0;
    let finishing: Promise<void> = Promise.resolve();
    let refusalPauseMs = 0;
    while (!this.stopping.signal.aborted) {
      const { signal } = this.reconnected;
      try {
        if (ensured !== signal) {
          // What this process has in hand itself was not left by a predecessor.
          await finishing;
          const { num_ack_pending: inHand } = await this.jetStream.ensureConsumer(consumer);
          if (refusalPauseMs > 0) this.log.info({ consumer: consumer.durable }, 'a consumer can be used again');
          refusalPauseMs = 0;
          if (inHand > 0 && (await this.isStillInHand(consumer)))
            carefulUntil = performance.now() + consumer.ackWaitMs + WAIT_MS;
        }
        ensured = signal;
        const batchSize = performance.now() < carefulUntil ? 1 : consumer.batchSize;
        const pull = new PullSubscription(this.nats.get(), consumer, this.inboxPrefix);
        const { deliveries, trouble } = await pull.next(
          WAIT_MS,
          AbortSignal.any([this.stopping.signal, signal]),
          batchSize,
        );
        if (deliveries.length > 0) {
          const batch = this.handle(handle, deliveries);
          await (batchSize === 1 ? batch.handled : Promise.race([batch.handled, batch.passed]));
          // Two batches are in hand at most.
          await finishing;
          finishing = batch.handled;
        }
        if (trouble !== undefined) {
          ensured = undefined;
          this.log.debug({ consumer: consumer.durable, ...trouble }, 'a pull was refused');
          await this.pause(TROUBLE_PAUSE_MS);
        }
      } catch (error) {
        ensured = undefined;
        const fields = { consumer: consumer.durable, err: error };
        if (error instanceof JetStreamConfigurationError) {
          // Told once, and by readiness all the time: only a person can mend it, and until then nothing is consumed.
          if (refusalPauseMs === 0) this.log.error(fields, 'a consumer cannot be used as it is');
          refusalPauseMs = Math.min(Math.max(refusalPauseMs * 2, REFUSAL_PAUSE_MS.first), REFUSAL_PAUSE_MS.most);
          await this.pause(refusalPauseMs);
        } else {
          this.log.debug(fields, 'a consumer waits for JetStream');
          await this.pause(TROUBLE_PAUSE_MS);
        }
      }
    }
    await finishing;
  }

  /** Whether something is delivered and not acknowledged a moment later too: JetStream counts what just was with delay. */
  private async isStillInHand(consumer: ConsumerContract): Promise<boolean> {
    await this.pause(ACKNOWLEDGED_MS);
    return ((await this.jetStream.consumerState(consumer))?.inHand ?? 0) > 0;
  }

  /** `handled` when all are settled, `passed` when their handler passes its turn. */
  private handle(handle: BatchHandler, deliveries: PulledMessage[]) {
    let startNext = (): void => undefined;
    const passed = new Promise<void>((resolve) => (startNext = resolve));
    return { passed, handled: this.settle(handle, deliveries, { startNext }) };
  }

  private async settle(handle: BatchHandler, deliveries: PulledMessage[], control: BatchControl): Promise<void> {
    const unanswered = new Set(deliveries);
    const progress = setInterval(() => answerAll(unanswered, '+WPI'), PROGRESS_MS);
    try {
      // What was delivered before is handled alone: one message that crashes the service must not take others along.
      const [fresh, again] = partition(deliveries, ({ timesDelivered }) => timesDelivered === 1);
      const alone =
        fresh.length > 0 && (await this.attempt((some) => handle(some, control), fresh, unanswered))
          ? again
          : [...again, ...fresh];
      for (const delivery of alone) {
        // The next batch waits until all of these are through: it is not to go down with one of them.
        if (unanswered.has(delivery)) await this.attempt((some) => handle(some, kept), [delivery], unanswered);
      }
    } finally {
      clearInterval(progress);
      if (this.stopping.signal.aborted) answerAll(unanswered, '-NAK');
    }
  }

  /** Handles some messages as one; true when they are settled. */
  private async attempt(
    handle: (messages: readonly StreamMessage[]) => Promise<void>,
    some: PulledMessage[],
    unanswered: Set<PulledMessage>,
  ): Promise<boolean> {
    for (let pauseMs = OUTAGE_PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, OUTAGE_PAUSE_MS.most)) {
      if (this.stopping.signal.aborted) return true;
      try {
        await handle(some);
        answerAll(some, '+ACK');
        for (const delivery of some) unanswered.delete(delivery);
        return true;
      } catch (error) {
        if (error instanceof SharedOutageError) {
          this.log.warn({ reason: error.message, waitMs: pauseMs }, 'a consumer pauses during an outage');
          await this.pause(pauseMs);
          continue;
        }
        this.log.error({ err: error, messages: some.length }, 'a handler failed');
        if (some.length > 1) return false;
        for (const delivery of some) unanswered.delete(delivery);
        return true;
      }
    }
  }

  /** Ends early when the server closes. */
  private async pause(ms: number): Promise<void> {
    await setTimeout(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}

function answerAll(deliveries: Iterable<PulledMessage>, acknowledgement: '+ACK' | '-NAK' | '+WPI'): void {
  for (const delivery of deliveries) {
    try {
      delivery.answer(acknowledgement);
    } catch {
      // The connection is gone: JetStream delivers it again, and the handler knows it by its id.
    }
  }
}

function partition<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
