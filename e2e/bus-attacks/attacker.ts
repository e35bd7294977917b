import { type BusMember } from '@gatehouse/contracts';
import { type Msg, type NatsConnection, headers as natsHeaders } from '@nats-io/transport-node';
import { type Bus } from './bus';
import { canariesIn, readersOf } from './canary';
import { type OwnRights, ownRightsOf } from './own-rights';

/** Every prefix under which an account could reach JetStream's API: its own, our import, and the name of a domain. */
export const apiPrefixes = ['$JS.API', '$JS.streams.API', '$JS.STREAMS.API'];

/** Somebody with the credentials of one member of the bus. Notes everything that it receives. */
export class Attacker {
  /** Subject prefix on which the attacker's service receives replies. */
  readonly inbox: string;
  /** Prefix under which the attacker's service calls JetStream's API. */
  readonly apiPrefix: string;
  /** Every canary that the attacker received, also those that it may receive. */
  readonly canaries = new Set<string>();
  private readonly received = new Set<string>();
  private readonly asked: string[] = [];
  private readonly subscribed = new Set<string>();

  private constructor(
    readonly service: BusMember,
    readonly rights: OwnRights,
    readonly bus: Bus,
    private readonly connection: NatsConnection,
  ) {
    this.inbox = `_INBOX.${service}`;
    this.apiPrefix = rights.keeps ? '$JS.API' : bus.layout.apiPrefix;
    this.subscribe(`${this.inbox}.>`);
  }

  /** Connects with the credentials of a service. */
  static async connect(service: BusMember, bus: Bus): Promise<Attacker> {
    return new Attacker(service, ownRightsOf(service), bus, await bus.connect(service));
  }

  /** Subscribes to a subject, once; nats-server may refuse. */
  subscribe(subject: string, queue?: string): void {
    if (this.subscribed.has(`${subject} ${queue}`)) return;
    this.subscribed.add(`${subject} ${queue}`);
    this.connection.subscribe(subject, {
      ...(queue !== undefined && { queue }),
      callback: (error, message) => {
        if (error === null) this.receive(message);
      },
    });
  }

  /** Publishes a message with a reply subject and headers of the attacker's choice. */
  publish(subject: string, body = '', reply?: string, fields: Readonly<Record<string, string>> = {}): void {
    const headers = natsHeaders();
    for (const [name, value] of Object.entries(fields)) headers.set(name, value);
    this.connection.publish(subject, body, {
      ...(reply !== undefined && { reply }),
      ...(Object.keys(fields).length > 0 && { headers }),
    });
  }

  /** Publishes something that must have no effect, and notes when it is answered. */
  ask(subject: string, body = '', claimsAccount = false): void {
    const reply = `${this.inbox}.answer.${this.asked.push(subject) - 1}`;
    // The header with which nats-server tells JetStream who is calling.
    const claim = { 'Nats-Request-Info': JSON.stringify({ acc: 'STREAMS', svc: 'STREAMS', user: 'operator' }) };
    this.publish(subject, body, reply, claimsAccount ? claim : {});
  }

  /** Makes a call of JetStream's API under each prefix, unless the service may make it. */
  call(call: string, body: unknown = undefined, claimsAccount = false): void {
    if (this.rights.calls.includes(call) && !this.rights.keeps) return;
    const text = body === undefined ? '' : JSON.stringify(body);
    for (const prefix of apiPrefixes) this.ask(`${prefix}.${call}`, text, claimsAccount);
  }

  /** Takes everything from the consumers of the service, so that they are empty. */
  async drain(): Promise<void> {
    const pull = JSON.stringify({ batch: 1_000, no_wait: true });
    for (const consumer of this.rights.advances) {
      const subject = `${this.apiPrefix}.CONSUMER.MSG.NEXT.${consumer}`;
      const deadline = Date.now() + 1_000;
      let ended = false;
      const inbox = `${this.inbox}.drain.${this.asked.length}`;
      const subscription = this.connection.subscribe(inbox, {
        callback: (_, message) => {
          ended ||= message.headers?.hasError === true;
        },
      });
      this.publish(subject, pull, inbox);
      // A consumer that is gone does not answer on nats-server 2.9.
      while (!ended && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 2));
      subscription.unsubscribe();
    }
    await this.connection.flush();
  }

  /** Waits until the server has processed everything that the attacker sent. */
  flush(): Promise<void> {
    return this.connection.flush();
  }

  close(): Promise<void> {
    return this.connection.close();
  }

  /** What the attacker received since the last call and may not receive. */
  takeSecrets(): string[] {
    const found = [...this.received];
    this.received.clear();
    return found;
  }

  private receive(message: Msg): void {
    const text = message.string();
    for (const found of canariesIn(`${text} ${storedText(message)} ${message.subject}`)) {
      this.canaries.add(found);
      const stored = found.startsWith('canary message') && this.rights.keeps;
      if (!readersOf(found).includes(this.service) && !stored) this.received.add(`read ${found}`);
    }
    const [, number] = /\.answer\.(\d+)$/.exec(message.subject) ?? [];
    const subject = number === undefined ? undefined : this.asked[Number(number)];
    if (subject !== undefined && !this.isOwn(subject) && !isRefusal(message)) {
      this.received.add(`was answered on ${subject}`);
    }
    if (message.reply?.startsWith('$JS.ACK.')) this.connection.publish(message.reply, '+ACK');
    // As a responder, it answers its own forged requests by an empty message to the reply subject that they name.
    else if (message.reply && message.data.length === 0) message.respond('');
  }

  private isOwn(subject: string): boolean {
    return this.rights.calls.some((call) => subject === `${this.apiPrefix}.${call}`);
  }
}

/** The stored message in a reply to MSG.GET, which is in base64. */
function storedText(message: Msg): string {
  try {
    const { message: stored } = message.json<{ message?: { data?: string } }>();
    return Buffer.from(stored?.data ?? '', 'base64').toString();
  } catch {
    return '';
  }
}

function isRefusal(message: Msg): boolean {
  if ((message.headers?.code ?? 0) >= 400) return true;
  try {
    return message.json<{ error?: unknown }>().error !== undefined;
  } catch {
    return false;
  }
}
