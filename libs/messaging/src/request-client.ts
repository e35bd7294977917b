import {
  type Origin,
  type Principal,
  type ReplyOf,
  type RequestContract,
  type RequestOf,
  envelopeHeader,
  replyFrameSchema,
} from '@gatehouse/contracts';
import { headers as natsHeaders } from '@nats-io/transport-node';
import { NatsLostError, RequestRefusedError } from './errors';
import { type NatsClient } from './nats-client';

/** Signs the envelope of a request. The envelope is bound to the request's subject and body. */
export type EnvelopeSigner = (request: {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly origin?: Origin | undefined;
}) => string;

/** The principal on whose behalf a request is made, the request id for logs, and the client that caused the request. */
export interface RequestContext {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly origin?: Origin | undefined;
}

const TIMEOUT_MS = 5_000;
const encoder = new TextEncoder();

/** Sends requests to other services over core NATS, by contract. */
export class RequestClient {
  /** For each request without a reply yet: the function that makes the request fail. */
  private readonly waiting = new Set<(error: NatsLostError) => void>();

  constructor(
    private readonly nats: NatsClient,
    private readonly sign: EnvelopeSigner,
    private readonly timeoutMs = TIMEOUT_MS,
  ) {
    nats.onLoss(() => {
      for (const giveUp of this.waiting) giveUp(new NatsLostError());
    });
  }

  /**
   * Sends a request and returns the parsed reply.
   * @throws RequestRefusedError with the reason of the service. The reason is `unavailable` when NATS is unavailable or
   * lost, no service subscribes to the subject, or no reply arrived within `timeoutMs` (default: 5 s). After
   * `unavailable`, it is unknown whether the request was handled. nats-server before 2.10 does not report across accounts
   * that no service subscribes: a request to a stopped service then waits for `timeoutMs`.
   */
  async send<Contract extends RequestContract>(
    contract: Contract,
    request: RequestOf<Contract>,
    { principal, requestId, origin }: RequestContext,
    timeoutMs = this.timeoutMs,
  ): Promise<ReplyOf<Contract>> {
    const body = encoder.encode(JSON.stringify(request));
    const headers = natsHeaders();
    headers.set(envelopeHeader, this.sign({ subject: contract.subject, body, principal, requestId, origin }));
    const frame = replyFrameSchema.parse(await this.ask(contract.subject, body, headers, timeoutMs));
    if (!frame.ok) {
      const { code, message, retryAfterMs } = frame.error;
      throw new RequestRefusedError(code, message, { retryAfterMs });
    }
    return contract.reply.parse(frame.data) as ReplyOf<Contract>;
  }

  private async ask(
    subject: string,
    body: Uint8Array,
    headers: ReturnType<typeof natsHeaders>,
    timeout: number,
  ): Promise<unknown> {
    try {
      const asked = this.nats.get().request(subject, body, { timeout, headers });
      return (await this.unlessLost(asked)).json();
    } catch (error) {
      throw new RequestRefusedError('unavailable', `no answer from ${subject.split('.')[0] ?? subject}`, {
        cause: error,
      });
    }
  }

  /** Fails a request as soon as the connection is lost, because its reply cannot arrive any more. */
  private async unlessLost<Answer>(asked: Promise<Answer>): Promise<Answer> {
    let giveUp: (error: NatsLostError) => void = () => undefined;
    const lost = new Promise<never>((_, reject) => (giveUp = reject));
    this.waiting.add(giveUp);
    try {
      return await Promise.race([asked, lost]);
    } finally {
      this.waiting.delete(giveUp);
    }
  }
}
