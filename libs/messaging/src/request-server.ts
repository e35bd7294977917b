import {
  type EnvelopeClaims,
  type ParsedRequestOf,
  type ReplyFrame,
  type RequestContract,
  envelopeHeader,
  maxInvalidFields,
} from '@gatehouse/contracts';
import { withLogContext } from '@gatehouse/observability';
import { UseFilters, applyDecorators } from '@nestjs/common';
import { type CustomTransportStrategy, MessagePattern, type MessageHandler, Server } from '@nestjs/microservices';
import { type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';
import { type Logger } from 'pino';
import { ContractMissingError, RequestRefusedError, accountsAdvice } from './errors';
import { type NatsClient } from './nats-client';
import { RawErrorsFilter } from './raw-errors.filter';
import { ReplySender } from './reply-sender';
import { REQUEST_TRANSPORT } from './transports';

/** Argument of a request handler: the parsed body, and the envelope with the caller, signed by the gateway. */
export interface VerifiedRequest<Contract extends RequestContract> {
  readonly body: ParsedRequestOf<Contract>;
  readonly envelope: EnvelopeClaims;
}

/**
 * Marks a controller's method as the handler of a request. The method receives a VerifiedRequest and returns the reply.
 */
export function RequestHandler(contract: RequestContract): MethodDecorator {
  return applyDecorators(
    MessagePattern<string>(contract.subject, REQUEST_TRANSPORT, { contract }),
    UseFilters(RawErrorsFilter),
  );
}

/**
 * Verifies a signed envelope against subject and body; throws when it is invalid. An error with `signerAheadMs` means that
 * only the time is invalid: the signer's clock is ahead of ours by that much, or behind if negative.
 */
export type EnvelopeVerifier = (envelope: string | undefined, subject: string, body: Uint8Array) => EnvelopeClaims;

/**
 * Maximum number of concurrent requests; further ones are rejected at once. Bounds memory while the database is slow.
 */
const MAX_IN_PROGRESS = 1_000;
/**
 * Maximum time in milliseconds for nats-server to confirm at shutdown that it sends no further request. While NATS is
 * unavailable, it does not answer, and sends none.
 */
const DRAIN_TIMEOUT_MS = 2_000;
/**
 * Prefix of the only subjects to which replies are sent. A request from another account gets such a reply subject from
 * nats-server, which carries the reply back into that account.
 */
const REPLIES_TO = '_R_.';

/**
 * Nest's transport for requests over core NATS. Replicas share a queue group, so one of them receives each request. The
 * envelope is verified over the bytes before the body is parsed. Bodies and replies must match their contract.
 */
export class RequestServer extends Server implements CustomTransportStrategy {
  override readonly transportId = REQUEST_TRANSPORT;
  private closing = false;
  private subscriptions: Subscription[] = [];
  private readonly inProgress = new Set<Promise<void>>();
  /** Subjects of which a request was dropped. */
  private readonly dropped = new Set<string>();
  private readonly replies: ReplySender;

  constructor(
    private readonly nats: NatsClient,
    private readonly queue: string,
    private readonly verifyEnvelope: EnvelopeVerifier,
    private readonly log: Logger,
  ) {
    super();
    this.replies = new ReplySender(nats);
  }

  override listen(callback: () => void): void {
    const routes = [...this.messageHandlers].map(([pattern, handler]) => {
      const contract = (handler.extras as { contract?: RequestContract } | undefined)?.contract;
      if (contract === undefined) throw new ContractMissingError(pattern);
      return { contract, handler };
    });
    let subscribed: NatsConnection | undefined;
    this.nats.onConnect((connection) => {
      // A connection that reconnects keeps its subscriptions, so it must not subscribe again.
      if (subscribed === connection || this.closing) return;
      subscribed = connection;
      this.subscriptions = routes.map(({ contract, handler }) =>
        connection.subscribe(contract.subject, {
          queue: this.queue,
          callback: (error, message) => {
            if (error === null) this.accept(contract, handler, message);
          },
        }),
      );
    });
    callback();
  }

  /**
   * Unsubscribes, so that other replicas receive the next requests, and answers those that nats-server has sent before
   * it confirms that. Nobody else would answer them.
   */
  override async close(): Promise<void> {
    this.closing = true;
    const drained = this.subscriptions.map((subscription) => subscription.drain().catch(() => undefined));
    await Promise.race([Promise.all(drained), pause(DRAIN_TIMEOUT_MS)]);
    await Promise.all(this.inProgress);
    this.replies.flush();
  }

  override on(): never {
    throw new ContractMissingError('on');
  }

  override unwrap<Value>(): Value {
    return this.nats as Value;
  }

  private accept(contract: RequestContract, handler: MessageHandler, message: Msg): void {
    // nats-server chooses the reply subject (`REPLIES_TO`) of a request from another account. A sender in the service's
    // own account could choose any subject, and so make the service publish on it. The service sends itself no
    // requests, so such a request is dropped.
    if (message.reply?.startsWith(REPLIES_TO) !== true) {
      return this.drop(contract);
    }
    if (this.inProgress.size >= MAX_IN_PROGRESS)
      return this.respond(message, refusal('unavailable', 'too many requests in progress'));
    const work = this.answer(contract, handler, message).finally(() => this.inProgress.delete(work));
    this.inProgress.add(work);
  }

  /**
   * Logs a dropped request: the first of each subject as a warning, later ones at debug level, because a sender may
   * repeat its request.
   */
  private drop({ subject }: RequestContract): void {
    const level = this.dropped.has(subject) ? 'debug' : 'warn';
    this.dropped.add(subject);
    this.log[level]({ subject }, `request dropped: it does not come from another account; ${accountsAdvice}`);
  }

  private async answer(contract: RequestContract, handler: MessageHandler, message: Msg): Promise<void> {
    let envelope: EnvelopeClaims;
    try {
      envelope = this.verifyEnvelope(message.headers?.get(envelopeHeader) || undefined, message.subject, message.data);
    } catch (error) {
      const frame = envelopeRefusal(error);
      this.log.warn({ subject: message.subject, reason: frame.error.message }, 'request rejected: invalid envelope');
      return this.respond(message, frame);
    }
    const theirs = envelope.origin?.clientRequestId;
    const fields = { correlationId: envelope.rid, ...(theirs !== undefined && { clientRequestId: theirs }) };
    await withLogContext(fields, async () => {
      try {
        const body = parseBody(contract, message);
        const verified: VerifiedRequest<RequestContract> = { body, envelope };
        const reply = await lastValueFrom<unknown>(this.transformToObservable(await handler(verified)));
        this.respond(message, { ok: true, data: contract.reply.parse(reply) });
      } catch (error) {
        this.respond(message, this.refusalOf(error, contract.subject));
      }
    });
  }

  private respond(message: Msg, frame: ReplyFrame): void {
    if (message.reply !== undefined) this.replies.send(message.reply, JSON.stringify(frame));
  }

  private refusalOf(error: unknown, subject: string): ReplyFrame {
    if (error instanceof RequestRefusedError) return refusal(error.reason, error.message, error);
    this.log.error({ err: error, subject }, 'request failed');
    return refusal('internal', 'the service failed');
  }
}

type Refusal = Extract<ReplyFrame, { ok: false }>;

function parseBody(contract: RequestContract, message: Msg): unknown {
  let json: unknown;
  try {
    json = message.json();
  } catch (error) {
    throw new RequestRefusedError('invalid_request', 'the body is not JSON', { cause: error });
  }
  const parsed = contract.request.safeParse(json);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues
    .slice(0, maxInvalidFields)
    .map(({ path, message: fault }) => ({ field: path.join('.') || 'body', message: fault }));
  const faults = fields.map(({ field, message: fault }) => `${field}: ${fault}`);
  throw new RequestRefusedError('invalid_request', faults.join('; '), { fields });
}

function envelopeRefusal(error: unknown): Refusal {
  const { signerAheadMs } = error as { signerAheadMs?: unknown };
  if (typeof signerAheadMs !== 'number') return refusal('unauthenticated', 'the request carries no valid envelope');
  const clocks = `${Math.abs(signerAheadMs)} ms ${signerAheadMs > 0 ? 'ahead of' : 'behind'}`;
  const delayed = signerAheadMs > 0 ? '' : ', unless the request was delayed by that time';
  return refusal(
    'clock_skew',
    `the gateway's clock is ${clocks} this service's: synchronize both clocks by NTP${delayed}`,
  );
}

function refusal(
  code: Refusal['error']['code'],
  message: string,
  { fields, retryAfterMs, quota }: Partial<Pick<RequestRefusedError, 'fields' | 'retryAfterMs' | 'quota'>> = {},
): Refusal {
  return {
    ok: false,
    error: {
      code,
      message,
      ...(fields !== undefined && { fields: [...fields] }),
      ...(retryAfterMs !== undefined && { retryAfterMs }),
      ...(quota !== undefined && { quota }),
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
