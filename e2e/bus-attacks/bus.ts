import {
  type ConsumerContract,
  type BusMember,
  memberRights,
  consumers,
  busMembers,
  streams,
} from '@gatehouse/contracts';
import { OPERATOR, type OwnNats, PATIENCE_MS, startOwnNats } from '@gatehouse/testing';
import { AckPolicy, DiscardPolicy, type JetStreamManager, StorageType, jetstreamManager } from '@nats-io/jetstream';
import { type Msg, type NatsConnection, connect, nanos } from '@nats-io/transport-node';
import { type BusState, readState } from './bus-state';
import { type Layout, hasUser } from './layout';
import { StandIn, sampleSubject } from './stand-in';

/** Long enough that no message is redelivered during a test. */
const ACK_WAIT_MS = 10 * 60_000;

/** A nats-server with one honest stand-in for each service. */
export class Bus {
  readonly standIns = new Map<BusMember, StandIn>();
  /** One message of each consumer that was delivered and is not acknowledged yet, by name of the stream. */
  readonly held = new Map<string, Msg>();
  private readonly connections: NatsConnection[] = [];

  private constructor(
    readonly nats: OwnNats,
    readonly layout: Layout,
    readonly streams: JetStreamManager,
  ) {}

  /**
   * Starts a server.
   * @param program nats-server to run; by default the one of the global setup
   * @param patienceMs how long an honest service waits for a reply or a message; short where harm is expected
   */
  static async start(layout: Layout, program?: string, patienceMs = 20_000): Promise<Bus> {
    const nats = await startOwnNats({ accounts: layout.accounts, program });
    const operator = await connect({ ...nats.as(OPERATOR), timeout: PATIENCE_MS });
    const bus = new Bus(nats, layout, await jetstreamManager(operator, { timeout: PATIENCE_MS }));
    bus.connections.push(operator);
    await bus.createStreams();
    for (const service of busMembers.filter((name) => hasUser(layout, name))) {
      bus.standIns.set(service, new StandIn(service, await bus.connect(service), layout, patienceMs));
    }
    await bus.flush();
    await bus.hold();
    return bus;
  }

  async stop(): Promise<void> {
    await Promise.all(this.connections.map((connection) => connection.close()));
    await this.nats.dispose();
  }

  /** Opens a connection as a service, which `stop` closes. */
  async connect(service: BusMember): Promise<NatsConnection> {
    const connection = await connect({ ...this.nats.as(service), timeout: PATIENCE_MS, reconnect: false });
    this.connections.push(connection);
    return connection;
  }

  /** Deletes all streams, creates them as their contracts say, and delivers the messages to hold. */
  async restore(): Promise<void> {
    for await (const name of this.streams.streams.names()) await this.streams.streams.delete(name);
    await this.createStreams();
    await this.hold();
  }

  private async createStreams(): Promise<void> {
    for (const { name, subjects, maxBytes, republish } of streams) {
      await this.streams.streams.add({
        name,
        subjects: [...subjects],
        storage: StorageType.File,
        discard: DiscardPolicy.New,
        max_bytes: maxBytes / 16,
        ...(republish && { republish: { src: republish.source, dest: republish.destination } }),
      });
    }
    for (const { stream, durable } of consumers) {
      await this.streams.consumers.add(stream.name, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ACK_WAIT_MS),
      });
    }
  }

  /** Delivers one message of each stream to its consumer, and does not acknowledge it. */
  private async hold(): Promise<void> {
    this.held.clear();
    for (const [service, consumer] of this.consumes()) {
      const { stream } = consumer;
      await this.streams.jetstream().publish(sampleSubject(stream), 'held');
      const [message] = (await this.standIns.get(service)?.pull(consumer, 1, true)) ?? [];
      if (message !== undefined) this.held.set(stream.name, message);
    }
  }

  /** The consumers of the services that this layout has. */
  consumes(): [BusMember, ConsumerContract][] {
    const services = busMembers.filter((service) => hasUser(this.layout, service));
    return services.flatMap((service) =>
      (memberRights(service).consumes ?? []).map((consumer): [BusMember, ConsumerContract] => [service, consumer]),
    );
  }

  /** The streams and consumers as they are now. */
  state(): Promise<BusState> {
    return readState(this.streams);
  }

  /** Waits until the server has processed everything that was sent before. */
  async flush(): Promise<void> {
    // Twice: an answer to a message that arrives before the first reply is sent before the second request.
    for (const _ of [1, 2]) {
      await Promise.all(this.connections.filter((each) => !each.isClosed()).map((each) => each.flush()));
    }
  }
}
