import { consumers, busMembers } from '@gatehouse/contracts';
import { type Attacker } from './attacker';
import { requestsTo } from './stand-in';
import { targetsOf } from './targets';

const TOMORROW_MS = 86_400_000;

/** Tries every form of the call that creates a consumer, with subjects of others as its destination. */
export function createConsumers(attacker: Attacker): void {
  const { streams, inboxes } = targetsOf(attacker);
  const handlers = busMembers.flatMap((name) => requestsTo(name).slice(0, 1));
  const destinations = [undefined, `${attacker.inbox}.stolen`, ...inboxes, ...handlers];
  for (const { name, subjects } of streams) {
    const [filter] = subjects;
    const durables = consumers.filter(({ stream }) => stream.name === name).map(({ durable }) => durable);
    for (const destination of destinations) {
      const config = { ack_policy: 'explicit', ...(destination !== undefined && { deliver_subject: destination }) };
      attacker.call(`CONSUMER.CREATE.${name}`, { stream_name: name, config });
      for (const durable of [...durables, 'stolen']) {
        const named = { ...config, name: durable, durable_name: durable };
        const filtered = { ...named, filter_subject: filter };
        attacker.call(`CONSUMER.CREATE.${name}.${durable}`, { stream_name: name, config: named });
        attacker.call(`CONSUMER.DURABLE.CREATE.${name}.${durable}`, { stream_name: name, config: named });
        attacker.call(`CONSUMER.CREATE.${name}.${durable}.${filter}`, { stream_name: name, config: filtered });
      }
    }
  }
}

/** Tries to remove a consumer, or its stream, and to create it again with a destination of the attacker's choice. */
export async function replaceConsumers(attacker: Attacker): Promise<void> {
  for (const { stream, durable } of consumers) {
    const consumer = `${stream.name}.${durable}`;
    const config = { durable_name: durable, ack_policy: 'explicit', inactive_threshold: 1_000_000 };
    for (const create of ['CREATE', 'DURABLE.CREATE']) {
      attacker.call(`CONSUMER.${create}.${consumer}`, { stream_name: stream.name, config });
    }
    attacker.call(`CONSUMER.DELETE.${consumer}`);
    for (const own of attacker.rights.advances) {
      const pull = JSON.stringify({ batch: 1, no_wait: true });
      attacker.publish(`${attacker.apiPrefix}.CONSUMER.MSG.NEXT.${own}`, pull, `$JS.API.STREAM.DELETE.${stream.name}`);
    }
  }
  await attacker.flush();
  for (const { name, subjects } of targetsOf(attacker).streams) {
    attacker.call(`STREAM.CREATE.${name}`, { name, subjects });
  }
  await attacker.flush();
  createConsumers(attacker);
}

/** Tries to stop consumers. */
export function stallConsumers(attacker: Attacker): void {
  const later = new Date(Date.now() + TOMORROW_MS).toISOString();
  for (const { stream, durable } of consumers) {
    const consumer = `${stream.name}.${durable}`;
    attacker.call(`CONSUMER.PAUSE.${consumer}`, { pause_until: later });
    attacker.call(`CONSUMER.RESET.${consumer}`, {});
    attacker.call(`CONSUMER.UNPIN.${consumer}`, { group: 'any' });
    attacker.call(`CONSUMER.LEADER.STEPDOWN.${consumer}`);
    attacker.call(`CONSUMER.DELETE.${consumer}`);
  }
}

/** Tries to acknowledge, return or postpone messages that another service received. */
export function settleMessages(attacker: Attacker): void {
  const { acknowledgements, consumers: others } = targetsOf(attacker);
  const guessed = others.flatMap(({ stream, durable }) =>
    Array.from({ length: 20 }, (_, index) => index + 1).map(
      (sequence) => `$JS.ACK.${stream.name}.${durable}.1.${sequence}.${sequence}.1.0`,
    ),
  );
  for (const subject of [...acknowledgements, ...guessed]) {
    for (const answer of ['-NAK', '+WPI', '+NXT', '+TERM', '+ACK', '']) attacker.ask(subject, answer);
  }
  for (const { stream, durable } of others) attacker.ask(`$JS.FC.${stream.name}.${durable}.any`);
}
