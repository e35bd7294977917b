import { type ConsumerContract, type StreamContract, memberRights, consumers, streams } from '@gatehouse/contracts';
import { type Attacker, apiPrefixes } from './attacker';
import { feedsOf, forgedInbox, requestsTo, sampleSubject } from './stand-in';

/** What belongs to services other than the attacker's. */
export interface Targets {
  readonly requests: readonly string[];
  readonly announcements: readonly string[];
  /** Subjects of streams on which the attacker's service does not publish. */
  readonly stored: readonly string[];
  readonly inboxes: readonly string[];
  /** Subjects on which NATS republishes the messages of such streams. */
  readonly feeds: readonly string[];
  readonly streams: readonly StreamContract[];
  readonly consumers: readonly ConsumerContract[];
  /** Acknowledgement subjects of messages that another service holds. */
  readonly acknowledgements: readonly string[];
}

/** Finds the targets of an attacker. */
export function targetsOf({ service, rights, bus }: Attacker): Targets {
  const victims = [...bus.standIns.keys()].filter((each) => each !== service);
  const others = consumers.filter(({ stream, durable }) => !rights.advances.includes(`${stream.name}.${durable}`));
  return {
    requests: victims.flatMap(requestsTo).filter((subject) => !rights.sends.includes(subject)),
    announcements: victims.flatMap((each) => (memberRights(each).announces ?? []).map(({ subject }) => subject)),
    stored: streams.filter(({ name }) => !rights.stores.includes(name)).map(sampleSubject),
    inboxes: victims.map(forgedInbox),
    feeds: feedsOf(streams.flatMap(({ name }) => (rights.stores.includes(name) ? [] : [name]))),
    streams,
    consumers: others,
    acknowledgements: others.flatMap(({ stream }) => bus.held.get(stream.name)?.reply ?? []),
  };
}

/** Subjects that do damage when a reply is sent there. */
export function replySubjects(attacker: Attacker): string[] {
  const { requests, announcements, stored, inboxes, feeds, consumers: others, acknowledgements } = targetsOf(attacker);
  const calls = [
    ...streams.flatMap(({ name }) =>
      ['DELETE', 'PURGE', 'UPDATE', 'CREATE', 'MSG.DELETE', 'SNAPSHOT'].map((call) => `STREAM.${call}.${name}`),
    ),
    // A reply with information about a consumer is a valid configuration of a stream of the consumer's name.
    ...consumers.map(({ durable }) => `STREAM.CREATE.${durable}`),
    ...others.flatMap(({ stream, durable }) =>
      ['DELETE', 'CREATE', 'DURABLE.CREATE', 'PAUSE', 'MSG.NEXT'].map(
        (call) => `CONSUMER.${call}.${stream.name}.${durable}`,
      ),
    ),
    ...consumers.map(({ stream, durable }) => `CONSUMER.DELETE.${stream.name}.${durable}`),
  ];
  const allowed = (call: string): boolean => attacker.rights.calls.includes(call) && !attacker.rights.keeps;
  return [
    ...calls.filter((call) => !allowed(call)).flatMap((call) => apiPrefixes.map((prefix) => `${prefix}.${call}`)),
    ...[...requests, ...announcements, ...stored, ...inboxes, ...feeds, ...acknowledgements],
    ...['_R_.forged.reply', '$SYS.REQ.SERVER.PING.CONNZ', '$SYS.REQ.ACCOUNT.STREAMS.CONNZ'],
  ];
}
