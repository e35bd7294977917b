import { type BusMember, memberRights } from '@gatehouse/contracts';

/** What an attacker with a service's credentials may do, because the service itself does it. Nothing else is excused. */
export interface OwnRights {
  /** Calls of JetStream's API, without prefix. The attacker does not try these. */
  readonly calls: readonly string[];
  /** Streams in which it may store messages. */
  readonly stores: readonly string[];
  /** Consumers that it may advance, as `<stream>.<durable>`, because it pulls from them and acknowledges. */
  readonly advances: readonly string[];
  /** Subjects on which others may receive messages from it: requests that it sends, announcements that it publishes. */
  readonly sends: readonly string[];
  /**
   * Whether it creates streams and consumers. The call that creates a consumer also changes one, so such a service may
   * stop and replace consumers, and read what streams hold.
   */
  readonly keeps: boolean;
}

/**
 * The rights of a service, by the table of services. Computed without the generated accounts, because these are what the
 * test attacks.
 */
export function ownRightsOf(service: BusMember): OwnRights {
  const { requests = [], announces = [], publishes = [], ...others } = memberRights(service);
  const { inspects = [], consumes = [], reads = [], purges = [], erases = [], keeps = [] } = others;
  const consumed = consumes.map(({ stream, durable }) => `${stream.name}.${durable}`);
  return {
    calls: [
      // A service reads the state of what it works with.
      ...[...inspects, ...consumes, ...reads, ...keeps].map((contract) =>
        'durable' in contract
          ? `CONSUMER.INFO.${contract.stream.name}.${contract.durable}`
          : `STREAM.INFO.${contract.name}`,
      ),
      // user-sync takes events, webhook-ingest takes outcomes.
      ...consumed.map((consumer) => `CONSUMER.MSG.NEXT.${consumer}`),
      // Followers read messages, and publishers compare them with their databases.
      ...reads.map(({ name }) => `STREAM.MSG.GET.${name}`),
      // webhook-ingest makes room in the streams. Publishers of changes remove replaced messages.
      ...purges.map(({ name }) => `STREAM.PURGE.${name}`),
      // webhook-ingest erases the payloads of a deleted user, and publishers of changes its last state.
      ...erases.map(({ name }) => `STREAM.MSG.DELETE.${name}`),
      // stream-keeper creates what is missing.
      ...keeps.map((contract) =>
        'durable' in contract
          ? `CONSUMER.CREATE.${contract.stream.name}.${contract.durable}`
          : `STREAM.CREATE.${contract.name}`,
      ),
    ],
    stores: [
      ...publishes.map(({ name }) => name),
      // JetStream sends its replies to any subject of their account, so also to subjects of streams.
      ...keeps.flatMap((contract) => ('durable' in contract ? [] : [contract.name])),
    ],
    advances: consumed,
    sends: [...requests, ...announces].map(({ subject }) => subject),
    keeps: keeps.length > 0,
  };
}
