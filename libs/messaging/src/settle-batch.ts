import { setTimeout } from 'node:timers/promises';
import { type Logger } from 'pino';
import { SharedOutageError } from './errors';
import { type Acknowledgement, type PulledMessage, type StreamMessage } from './stream-message';

/**
 * Lets a handler start the next batch before it returns. The handler then finishes its own batch while the next one
 * runs.
 */
export interface BatchControl {
  readonly startNext: () => void;
}

/** Handles messages together, all or none. Throws when they are not handled. */
export type BatchHandler = (messages: readonly StreamMessage[], control: BatchControl) => Promise<void>;

/** Where to log, and when to stop. */
export interface SettleOptions {
  readonly log: Logger;
  readonly stopping: AbortSignal;
}

const OUTAGE_PAUSE_MS = { first: 200, most: 5_000 };
/**
 * Interval at which JetStream is told (`+WPI`) that messages are in progress, so that they are not redelivered;
 * milliseconds. It is far shorter than the `ack_wait` of every contract, because an operator may have shortened the
 * `ack_wait` of the consumer.
 */
const PROGRESS_MS = 333;
const NO_CONTROL: BatchControl = { startNext: () => undefined };

/**
 * Handles the messages of a batch and acknowledges them; resolves when all are settled. New messages are handled together,
 * redelivered ones alone, because one of them may crash the service. If a group fails, its messages are handled alone.
 */
export async function settleBatch(
  messages: readonly PulledMessage[],
  handle: BatchHandler,
  control: BatchControl,
  options: SettleOptions,
): Promise<void> {
  const unsettled = new Set(messages);
  const progress = setInterval(() => acknowledge(unsettled, '+WPI'), PROGRESS_MS);
  const attempt = (some: readonly PulledMessage[], itsControl: BatchControl) =>
    handleTogether(some, (each) => handle(each, itsControl), unsettled, options);
  try {
    const fresh = messages.filter(({ timesDelivered }) => timesDelivered === 1);
    const redelivered = messages.filter(({ timesDelivered }) => timesDelivered !== 1);
    const together = fresh.length > 0 && (await attempt(fresh, control));
    for (const message of together ? redelivered : [...redelivered, ...fresh]) {
      // The next batch must not start beside a message that may crash the service.
      if (unsettled.has(message)) await attempt([message], NO_CONTROL);
    }
  } finally {
    clearInterval(progress);
    if (options.stopping.aborted) acknowledge(unsettled, '-NAK');
  }
}

/**
 * Handles messages together; returns whether they are settled. If the handler fails for several messages, they are not
 * settled. If it fails for a single message, the message is settled without an acknowledgement: JetStream redelivers it
 * after `ack_wait`.
 */
async function handleTogether(
  messages: readonly PulledMessage[],
  handle: (messages: readonly StreamMessage[]) => Promise<void>,
  unsettled: Set<PulledMessage>,
  { log, stopping }: SettleOptions,
): Promise<boolean> {
  for (let pauseMs = OUTAGE_PAUSE_MS.first; ; pauseMs = Math.min(pauseMs * 2, OUTAGE_PAUSE_MS.most)) {
    if (stopping.aborted) return true;
    try {
      await handle(messages);
      acknowledge(messages, '+ACK');
      for (const message of messages) unsettled.delete(message);
      return true;
    } catch (error) {
      if (error instanceof SharedOutageError) {
        log.warn({ reason: error.message, waitMs: pauseMs }, 'consumer paused during an outage');
        await setTimeout(pauseMs, undefined, { signal: stopping }).catch(() => undefined);
        continue;
      }
      log.error({ err: error, messages: messages.length }, 'handler failed');
      if (messages.length > 1) return false;
      for (const message of messages) unsettled.delete(message);
      return true;
    }
  }
}

function acknowledge(messages: Iterable<PulledMessage>, acknowledgement: Acknowledgement): void {
  for (const message of messages) {
    try {
      message.answer(acknowledgement);
    } catch {
      // The connection is lost: JetStream redelivers the message, and the handler recognizes its id.
    }
  }
}
