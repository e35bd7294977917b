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

/** Signs what vouches for a request: bound to subject and body. */
export type EnvelopeSigner = (request: {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly requestId: string;
  readonly principal: Principal | null;
  readonly origin?: Origin | undefined;
}) => string;

/** On whose behalf a request is made, under which id it is logged, and where the client is that asked for it. */
export interface RequestContext {
  readonly principal: Principal | null;
  readonly requestId: string;
  readonly origin?: Origin | undefined;
}

const TIMEOUT_MS = 5_000;
const encoder = new TextEncoder();

/** Asks other services over core NATS, by contract. */
export class RequestClient {
  /** Requests without an answer yet, as what gives them up. */
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
   * The reply, parsed. Throws RequestRefusedError with the service's reason; with `unavailable` when NATS is away or is
   * lost meanwhile, nobody serves the subject, or no answer came in time (5 s unless told otherwise): whether it was done is then unknown.
   */
  async send<Contract extends RequestContract>(
    contract: Contract,
    request: RequestOf<Contract>,
    { principal, requestId, origin }: RequestContext,
  ): Promise<ReplyOf<Contract>> {
    const body = encoder.encode(JSON.stringify(request));
    const headers = natsHeaders();
    headers.set(envelopeHeader, this.sign({ subject: contract.subject, body, principal, requestId, origin }));
    const frame = replyFrameSchema.parse(await this.ask(contract.subject, body, headers));
    if (!frame.ok) {
      const { code, message, retryAfterMs } = frame.error;
      throw new RequestRefusedError(code, message, { retryAfterMs });
    }
    return contract.reply.parse(frame.data) as ReplyOf<Contract>;
  }

  private async ask(subject: string, body: Uint8Array, headers: ReturnType<typeof natsHeaders>): Promise<unknown> {
    try {
      const asked = this.nats.get().request(subject, body, { timeout: this.timeoutMs, headers });
      return (await this.unlessLost(asked)).json();
    } catch (error) {
      throw new RequestRefusedError('unavailable', `no answer from ${subject.split('.')[0] ?? subject}`, {
        cause: error,
      });
    }
  }

  /** An answer cannot come over a connection that is lost: nobody waits for it until the time is up. */
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
