import {
  type ConsumerContract,
  type BusMember,
  type StreamContract,
  busMembers,
  memberRights,
  streams,
} from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { type Msg, type NatsConnection, createInbox } from '@nats-io/transport-node';
import { canary } from './canary';
import { type Layout, hasUser } from './layout';

/** Time for a pull, which nats-server 2.9 does not answer when the consumer is missing. */
const PULL_MS = 1_000;

/** An honest service. Uses every right that it has, with canaries as payloads. Records messages that no honest service sent. */
export class StandIn {
  /** Messages that reached this service and that no honest service sent, by subject. */
  readonly forged: string[] = [];
  private readonly announced = new Map<string, number>();
  private readonly rights;

  constructor(
    readonly service: BusMember,
    private readonly connection: NatsConnection,
    private readonly layout: Layout,
    private readonly patienceMs: number,
  ) {
    this.rights = memberRights(service);
    for (const subject of requestsTo(service)) {
      connection.subscribe(subject, { queue: service, callback: (_, message) => this.answer(message) });
    }
    for (const { subject } of this.rights.follows ?? []) {
      connection.subscribe(subject, { callback: (_, message) => this.hear(message) });
    }
    for (const { republish } of this.rights.receives ?? []) {
      connection.subscribe(republish.feed, { callback: (error, message) => void (error ?? this.follow(message)) });
    }
    connection.subscribe(forgedInbox(service), { callback: (_, { subject }) => void this.forged.push(subject) });
  }

  /** Sends every request that the service may send. @throws when one has no honest reply */
  async sendRequests(): Promise<void> {
    const present = (this.rights.requests ?? []).filter(({ subject }) => hasUser(this.layout, ownerOf(subject)));
    await Promise.all(
      present.map(async ({ subject }) => {
        const reply = await this.connection.request(subject, canary('request', subject), { timeout: this.patienceMs });
        if (reply.string() !== canary('reply', subject)) throw new Error(`${subject} was answered by somebody else`);
      }),
    );
  }

  /** Publishes one message to each stream of the service. @throws when one is not stored */
  async publish(): Promise<void> {
    for (const stream of this.rights.publishes ?? []) {
      const subject = sampleSubject(stream);
      const ack = await this.connection.request(subject, canary('message', subject), { timeout: this.patienceMs });
      if (ack.json<{ stream?: string }>().stream !== stream.name) throw new Error(`${subject} was not stored`);
    }
  }

  /** Reads the state and the last message of each stream that the service reads. @throws when one is not answered */
  async read(): Promise<void> {
    for (const stream of this.rights.reads ?? []) {
      for (const call of ['INFO', 'MSG.GET']) {
        const body = call === 'INFO' ? '' : JSON.stringify({ last_by_subj: sampleSubject(stream) });
        const subject = `${this.layout.apiPrefix}.STREAM.${call}.${stream.name}`;
        const reply = await this.connection.request(subject, body, { timeout: this.patienceMs });
        const { error } = reply.json<{ error?: { description: string } }>();
        if (error !== undefined) throw new Error(`${subject}: ${error.description}`);
      }
    }
  }

  /** Publishes to each stream of the service and waits for no acknowledgement. */
  publishBlindly(): void {
    for (const stream of this.rights.publishes ?? []) {
      const subject = sampleSubject(stream);
      this.connection.publish(subject, canary('message', subject));
    }
  }

  /** Publishes every announcement of the service. */
  async announce(): Promise<void> {
    for (const { subject } of this.rights.announces ?? []) {
      this.connection.publish(subject, canary('announcement', subject));
    }
    await this.connection.flush();
  }

  /** How often the service received an announcement. */
  timesHeard(subject: string): number {
    return this.announced.get(subject) ?? 0;
  }

  /** Pulls from a consumer until `count` messages arrived, and acknowledges them unless they are to be held. */
  async pull(consumer: ConsumerContract, count: number, hold = false): Promise<Msg[]> {
    const messages: Msg[] = [];
    await eventually(
      async () => {
        for (const message of await this.pullOnce(consumer, count - messages.length)) {
          if (!hold) await this.connection.request(message.reply ?? '', '+ACK', { timeout: this.patienceMs });
          messages.push(message);
        }
        return messages.length >= count;
      },
      { timeoutMs: this.patienceMs },
    );
    return messages;
  }

  private pullOnce({ stream, durable }: ConsumerContract, batch: number): Promise<Msg[]> {
    const inbox = createInbox(`_INBOX.${this.service}`);
    const messages: Msg[] = [];
    return new Promise((resolve) => {
      const subscription = this.connection.subscribe(inbox, {
        callback: (_, message) => {
          const isMessage = message.reply?.startsWith('$JS.ACK.') === true;
          if (isMessage) messages.push(message);
          if (!isMessage || messages.length === batch) end();
        },
      });
      const timer = setTimeout(() => end(), Math.min(PULL_MS, this.patienceMs));
      const end = (): void => {
        clearTimeout(timer);
        subscription.unsubscribe();
        resolve(messages);
      };
      const call = `${this.layout.apiPrefix}.CONSUMER.MSG.NEXT.${stream.name}.${durable}`;
      this.connection.publish(call, JSON.stringify({ batch, no_wait: true }), { reply: inbox });
    });
  }

  /**
   * Answers as carelessly as a service could: it accepts any reply subject, and answers an empty request by an empty
   * reply.
   */
  private answer(message: Msg): void {
    if (message.string() !== canary('request', message.subject)) this.forged.push(message.subject);
    if (message.reply) message.respond(message.data.length === 0 ? '' : canary('reply', message.subject));
  }

  /** Takes a message of a feed: a copy of one that an honest service has published. */
  private follow(message: Msg): void {
    const source = message.headers?.get('Nats-Subject') ?? '';
    if (message.string() !== canary('message', source)) this.forged.push(message.subject);
  }

  private hear(message: Msg): void {
    if (message.string() === canary('announcement', message.subject)) {
      this.announced.set(message.subject, this.timesHeard(message.subject) + 1);
    } else {
      this.forged.push(message.subject);
    }
  }
}

/** Subjects of the requests that a service answers, by the rights of those who send them. */
export function requestsTo(service: BusMember): string[] {
  const sent = busMembers.flatMap((sender) => memberRights(sender).requests ?? []);
  return [...new Set(sent.map(({ subject }) => subject))].filter((subject) => ownerOf(subject) === service);
}

/** A subject of the stream. */
export function sampleSubject({ subjects: [subject = ''] }: StreamContract): string {
  return sampleOf(subject);
}

/** Subjects on which the sample messages of these streams are republished. */
export function feedsOf(names: readonly string[]): string[] {
  const named = streams.filter(({ name }) => names.includes(name));
  return named.flatMap(({ republish }) => (republish === undefined ? [] : [sampleOf(republish.feed)]));
}

function sampleOf(pattern: string): string {
  return pattern.replace(/[>*]/g, 'sample');
}

/** An inbox of a service to which no honest service sends anything. */
export function forgedInbox(service: BusMember): string {
  return `_INBOX.${service}.forged`;
}

function ownerOf(subject: string): string {
  return subject.split('.')[0] ?? '';
}
