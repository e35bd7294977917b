import { type EnvelopeVerifier, createEnvelopeVerifier } from '@gatehouse/auth';
import { type ReplyOf, type RequestContract, type ServiceName, gatewayRequests } from '@gatehouse/contracts';
import { NatsClient, RequestRefusedError, RequestServer, type VerifiedRequest } from '@gatehouse/messaging';
import { type OwnNats } from '@gatehouse/testing';
import { type Logger } from 'pino';
import { from } from 'rxjs';

/** Client with the NATS user of a service; not connected yet. */
export function clientAs(service: ServiceName, nats: OwnNats, log: Logger): NatsClient {
  const { servers, user, pass, inboxPrefix } = nats.as(service);
  return new NatsClient({ servers: [servers], user, password: pass, name: service, inboxPrefix }, log);
}

/** Handler of a request; throws RequestRefusedError to reject it. */
export type Answer<C extends RequestContract> = (request: VerifiedRequest<C>) => ReplyOf<C> | Promise<ReplyOf<C>>;

/** Stub of another service, with its own NATS user, that verifies envelopes like the real one. */
export class PeerService {
  readonly nats: NatsClient;
  private readonly server: RequestServer;
  private readonly answered = new Set<string>();
  private verify: EnvelopeVerifier;
  /** Offset of its clock; milliseconds. */
  clockOffsetMs = 0;

  constructor(
    private readonly name: ServiceName,
    nats: OwnNats,
    envelopePublicKeys: string,
    log: Logger,
  ) {
    this.nats = clientAs(name, nats, log);
    this.verify = this.verifierOf(envelopePublicKeys);
    this.server = new RequestServer(this.nats, name, (...given) => this.verify(...given), log);
  }

  /** Accepts from now on envelopes of these keys, and of no others. */
  trust(envelopePublicKeys: string): void {
    this.verify = this.verifierOf(envelopePublicKeys);
  }

  answer<C extends RequestContract>(contract: C, answer: Answer<C>): this {
    const handler = async (request: VerifiedRequest<C>) => from(Promise.resolve().then(() => answer(request)));
    this.answered.add(contract.subject);
    this.server.addHandler(contract.subject, handler, false, { contract });
    return this;
  }

  async start(): Promise<void> {
    this.refuseOthers();
    this.server.listen(() => undefined);
    void this.nats.start();
    await new Promise<void>((resolve) => this.nats.onConnect(() => resolve()));
    // Waits until the server knows the subscriptions.
    await this.nats.get().flush();
  }

  async stop(): Promise<void> {
    await this.server.close();
    await this.nats.close();
  }

  private verifierOf(envelopePublicKeys: string): EnvelopeVerifier {
    return createEnvelopeVerifier(envelopePublicKeys, () => Date.now() + this.clockOffsetMs);
  }

  /** Refuses requests without an answer. Before nats-server 2.10, they would time out after 5 s. */
  private refuseOthers(): void {
    const requests: readonly RequestContract[] = gatewayRequests;
    for (const contract of requests) {
      if (!contract.subject.startsWith(`${this.name}.`) || this.answered.has(contract.subject)) continue;
      this.answer(contract, () => {
        throw new RequestRefusedError('unavailable', `${contract.subject} is not answered`);
      });
    }
  }
}
