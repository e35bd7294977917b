import {
  type EnvelopeSigner,
  type Origin,
  type Principal,
  type ReplyOf,
  type RequestContract,
  type RequestOf,
  envelopeHeader,
  replyFrameSchema,
} from '@gatehouse/contracts';
import { type NatsConnection, NoRespondersError, TimeoutError } from '@nats-io/transport-node';
import { NatsLostError, RequestRefusedError } from './errors';
import { type NatsClient } from './nats-client';
import { RequestInbox } from './request-inbox';
import { TurnSigner } from './turn-signer';

/** The principal on whose behalf a request is made, the request id for logs, and the client that caused the request. */
export interface RequestContext {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly origin?: Origin | undefined;
}

/** A request, over all its attempts. */
interface Asked {
  readonly contract: RequestContract;
  readonly service: string;
  /** Since when it has had no subscriber. */
  absentSince?: number;
}

const TIMEOUT_MS = 5_000;
/**
 * A service without a subscriber is asked again within this time after it was first missing. It is missing for
 * milliseconds while it reconnects, and while nats-server reloads its accounts.
 */
const ABSENCE_MS = 1_000;
const ABSENCE_PAUSE_MS = 25;
/**
 * Time after which a repeatable request is sent again, once. nats-server may have sent it to a service whose connection
 * it was about to close, and before 2.10 it does not report a missing subscriber.
 */
const UNREPORTED_MS = 1_000;
const encoder = new TextEncoder();

/** Sends requests to other services over core NATS, by contract. */
export class RequestClient {
  /** Since when a service, by the first token of its subjects, has no subscriber. */
  private readonly absentSince = new Map<string, number>();
  private readonly signer: TurnSigner;
  private inbox: RequestInbox | undefined;

  constructor(
    private readonly nats: NatsClient,
    sign: EnvelopeSigner,
    private readonly timeoutMs = TIMEOUT_MS,
    private readonly unreportedMs = UNREPORTED_MS,
  ) {
    this.signer = new TurnSigner(sign);
    nats.onLoss(() => this.inbox?.lose());
  }

  /**
   * Sends a request and returns the parsed reply. Within a second after a loss of the connection, waits until it is
   * restored. A repeatable request whose reply was lost is sent again.
   * @throws RequestRefusedError with the reason of the service. The reason is `unavailable` when NATS is unavailable or
   * lost, no service subscribes to the subject, or no reply arrived within `timeoutMs` (default: 5 s). After
   * `unavailable`, it is unknown whether the request was handled. nats-server before 2.10 does not report across accounts
   * that no service subscribes: a request to a stopped service then waits for `timeoutMs`.
   */
  async send<Contract extends RequestContract>(
    contract: Contract,
    request: RequestOf<Contract>,
    context: RequestContext,
    timeoutMs = this.timeoutMs,
  ): Promise<ReplyOf<Contract>> {
    const body = encoder.encode(JSON.stringify(request));
    const frame = replyFrameSchema.parse(await this.ask(contract, body, context, timeoutMs));
    if (!frame.ok) {
      const { code, message, fields, retryAfterMs, quota } = frame.error;
      throw new RequestRefusedError(code, message, { fields, retryAfterMs, quota });
    }
    return contract.reply.parse(frame.data) as ReplyOf<Contract>;
  }

  private async ask(
    contract: RequestContract,
    body: Uint8Array,
    { principal, requestId, origin }: RequestContext,
    timeoutMs: number,
  ): Promise<unknown> {
    const { subject } = contract;
    const service = subject.split('.')[0] ?? subject;
    const asked: Asked = { contract, service };
    const deadline = performance.now() + timeoutMs;
    let lost: NatsLostError | undefined;
    try {
      for (let attempt = 1; ; attempt += 1) {
        const isFirst = attempt === 1;
        try {
          const envelope = await this.signer.sign({ subject, body, principal, requestId, origin });
          const connection = this.nats.connected ? this.nats.get() : await this.nats.restored();
          const restMs = deadline - performance.now();
          const attemptMs = isFirst && contract.repeatable === true ? Math.min(this.unreportedMs, restMs) : restMs;
          const reply = await this.attempt(connection, contract, body, envelope, attemptMs);
          this.absentSince.delete(service);
          return reply;
        } catch (error) {
          if (!(await this.mayRepeat(error, asked)) || performance.now() >= deadline) throw lost ?? error;
          if (error instanceof NatsLostError) lost = error;
        }
      }
    } catch (error) {
      throw new RequestRefusedError('unavailable', `no answer from ${service}`, { cause: error });
    }
  }

  private async attempt(
    connection: NatsConnection,
    { subject, repeatable = false }: RequestContract,
    body: Uint8Array,
    envelope: string,
    timeoutMs: number,
  ): Promise<unknown> {
    if (!this.inbox?.serves(connection)) this.inbox = new RequestInbox(connection, this.nats.inboxPrefix);
    const header = [envelopeHeader, envelope] as const;
    const reply = await this.inbox.request({ subject, body, header, repeatable, timeoutMs: Math.max(1, timeoutMs) });
    return reply.json();
  }

  /**
   * Whether to send a request again. Waits first if the service has just lost its last subscriber. An older release of
   * the service may answer other requests and not know this one, so the absence of this one counts too.
   */
  private async mayRepeat(error: unknown, asked: Asked): Promise<boolean> {
    if (error instanceof NatsLostError || error instanceof TimeoutError) return asked.contract.repeatable === true;
    if (!(error instanceof NoRespondersError)) return false;
    const now = performance.now();
    asked.absentSince ??= now;
    const since = this.absentSince.get(asked.service) ?? now;
    this.absentSince.set(asked.service, since);
    if (now - Math.min(since, asked.absentSince) >= ABSENCE_MS) return false;
    await new Promise((resolve) => setTimeout(resolve, ABSENCE_PAUSE_MS));
    return true;
  }
}
