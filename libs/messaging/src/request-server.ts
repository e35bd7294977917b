import {
  type EnvelopeClaims,
  type ParsedRequestOf,
  type ReplyFrame,
  type RequestContract,
  envelopeHeader,
  inboxPrefix,
} from '@gatehouse/contracts';
import { withLogContext } from '@gatehouse/observability';
import { UseFilters, applyDecorators } from '@nestjs/common';
import { type CustomTransportStrategy, MessagePattern, type MessageHandler, Server } from '@nestjs/microservices';
import { type Msg, type NatsConnection } from '@nats-io/transport-node';
import { lastValueFrom } from 'rxjs';
import { type Logger } from 'pino';
import { ContractMissingError, RequestRefusedError } from './errors';
import { type NatsClient } from './nats-client';
import { RawErrorsFilter } from './raw-errors.filter';
import { REQUEST_TRANSPORT } from './transports';

/** What a request handler is given: the parsed body and who is asking, as the gateway vouches for it. */
export interface VerifiedRequest<Contract extends RequestContract> {
  readonly body: ParsedRequestOf<Contract>;
  readonly envelope: EnvelopeClaims;
}

/** Marks a controller's method as the handler of a request; it is given a VerifiedRequest and returns the reply. */
export function RequestHandler(contract: RequestContract): MethodDecorator {
  return applyDecorators(
    MessagePattern<string>(contract.subject, REQUEST_TRANSPORT, { contract }),
    UseFilters(RawErrorsFilter),
  );
}

/**
 * Checks a signed envelope against subject and body; throws when it does not hold. An error with `signerAheadMs` says that
 * it would, were the signer's clock not so much ahead of ours (negative: behind).
 */
export type EnvelopeVerifier = (envelope: string | undefined, subject: string, body: Uint8Array) => EnvelopeClaims;

/** More requests in hand than this are refused at once, so that a slow database cannot fill the memory. */
const MAX_IN_HAND = 1_000;
/** The only place where answers go. */
const REPLIES_TO = `${inboxPrefix('api-gateway')}.`;

/**
 * Nest's transport for requests over core NATS: replicas share a queue group; the envelope is verified over the bytes
 * before they are parsed; bodies and replies hold to their contract.
 */
export class RequestServer extends Server implements CustomTransportStrategy {
  override readonly transportId = REQUEST_TRANSPORT;
  private closing = false;
  private readonly inHand = new Set<Promise<void>>();

  constructor(
    private readonly nats: NatsClient,
    private readonly queue: string,
    private readonly verifyEnvelope: EnvelopeVerifier,
    private readonly log: Logger,
  ) {
    super();
  }

  override listen(callback: () => void): void {
    const routes = [...this.messageHandlers].map(([pattern, handler]) => {
      const contract = (handler.extras as { contract?: RequestContract } | undefined)?.contract;
      if (contract === undefined) throw new ContractMissingError(pattern);
      return { contract, handler };
    });
    let subscribed: NatsConnection | undefined;
    this.nats.onConnect((connection) => {
      // A reconnect of the same connection keeps its subscriptions.
      if (subscribed === connection) return;
      subscribed = connection;
      for (const { contract, handler } of routes) {
        connection.subscribe(contract.subject, {
          queue: this.queue,
          callback: (error, message) => {
            if (error === null && !this.closing) this.accept(contract, handler, message);
          },
        });
      }
    });
    callback();
  }

  /** Answers what is in hand and takes no more. */
  override async close(): Promise<void> {
    this.closing = true;
    await Promise.all(this.inHand);
  }

  override on(): never {
    throw new ContractMissingError('on');
  }

  override unwrap<Value>(): Value {
    return this.nats as Value;
  }

  private accept(contract: RequestContract, handler: MessageHandler, message: Msg): void {
    // Whoever asks chooses where the answer goes, and the service may publish where the gateway may not.
    if (message.reply?.startsWith(REPLIES_TO) !== true) {
      this.log.warn({ subject: message.subject }, 'a request whose answer would not go to the gateway was dropped');
      return;
    }
    if (this.inHand.size >= MAX_IN_HAND) return respond(message, refusal('unavailable', 'too many requests in hand'));
    const work = this.answer(contract, handler, message).finally(() => this.inHand.delete(work));
    this.inHand.add(work);
  }

  private async answer(contract: RequestContract, handler: MessageHandler, message: Msg): Promise<void> {
    let envelope: EnvelopeClaims;
    try {
      envelope = this.verifyEnvelope(message.headers?.get(envelopeHeader) || undefined, message.subject, message.data);
    } catch (error) {
      const frame = envelopeRefusal(error);
      this.log.warn({ subject: message.subject, reason: frame.error.message }, 'a request was refused by its envelope');
      return respond(message, frame);
    }
    const theirs = envelope.origin?.clientRequestId;
    const fields = { correlationId: envelope.rid, ...(theirs !== undefined && { clientRequestId: theirs }) };
    await withLogContext(fields, async () => {
      try {
        const body = parseBody(contract, message);
        const verified: VerifiedRequest<RequestContract> = { body, envelope };
        const reply = await lastValueFrom<unknown>(this.transformToObservable(await handler(verified)));
        respond(message, { ok: true, data: contract.reply.parse(reply) });
      } catch (error) {
        respond(message, this.refusalOf(error, contract.subject));
      }
    });
  }

  private refusalOf(error: unknown, subject: string): ReplyFrame {
    if (error instanceof RequestRefusedError) return refusal(error.reason, error.message, error.retryAfterMs);
    this.log.error({ err: error, subject }, 'a request failed');
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
  const faults = parsed.error.issues.map(({ path, message: fault }) => `${path.join('.') || 'body'}: ${fault}`);
  throw new RequestRefusedError('invalid_request', faults.join('; '));
}

function envelopeRefusal(error: unknown): Refusal {
  const { signerAheadMs } = error as { signerAheadMs?: unknown };
  if (typeof signerAheadMs !== 'number') return refusal('unauthenticated', 'the request carries no valid envelope');
  const clocks = `${Math.abs(signerAheadMs)} ms ${signerAheadMs > 0 ? 'ahead of' : 'behind'}`;
  const lay = signerAheadMs > 0 ? '' : ', unless the request lay that long';
  return refusal('clock_skew', `the gateway's clock is ${clocks} this service's: set both right, by NTP${lay}`);
}

function refusal(code: Refusal['error']['code'], message: string, retryAfterMs?: number): Refusal {
  return { ok: false, error: { code, message, ...(retryAfterMs !== undefined && { retryAfterMs }) } };
}

function respond(message: Msg, frame: ReplyFrame): void {
  try {
    message.respond(JSON.stringify(frame));
  } catch {
    // The connection is gone: the caller sees its time-out.
  }
}
