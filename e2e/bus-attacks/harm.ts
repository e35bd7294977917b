import { type BusMember } from '@gatehouse/contracts';
import { type Bus } from './bus';
import { type BusState } from './bus-state';
import { type OwnRights } from './own-rights';
import { feedsOf, requestsTo } from './stand-in';

/** Lets every service but the attacker do its work once. Returns what did not work, and what honest work has changed. */
export async function workWithout(attacker: BusMember, rights: OwnRights, bus: Bus): Promise<string[]> {
  const harm: string[] = [];
  const attempt = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      harm.push(`stalled ${what}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  const honest = [...bus.standIns.values()];
  const others = honest.filter(({ service }) => service !== attacker);
  await Promise.all(others.map((each) => attempt(`the requests of ${each.service}`, () => each.sendRequests())));
  await Promise.all(honest.map((each) => each.announce()));
  await bus.flush();
  if (rights.keeps) return harm;
  // The attacker's service publishes too, so that others have something to consume.
  await Promise.all(honest.map((each) => attempt(`publishing of ${each.service}`, () => each.publish())));
  await Promise.all(others.map((each) => attempt(`reading of ${each.service}`, () => each.read())));
  for (const [service, consumer] of bus.consumes()) {
    if (service === attacker) continue;
    await attempt(`consuming of ${service}`, async () => bus.standIns.get(service)?.pull(consumer, 1));
  }
  return harm;
}

/** What honest services received that no honest service sent, apart from what the attacker may send. */
export function forgedBy(attacker: BusMember, rights: OwnRights, bus: Bus): string[] {
  const allowed = new Set([...rights.sends, ...requestsTo(attacker), ...feedsOf(rights.stores)]);
  return [...bus.standIns.values()].flatMap(({ service, forged }) => {
    const found = new Set(forged.splice(0).filter((subject) => service !== attacker && !allowed.has(subject)));
    return [...found].map((subject) => `sent ${service} a forged message on ${subject}`);
  });
}

/** What changed between two states, apart from one round of honest work and what the attacker may change. */
export function changesBy(rights: OwnRights, before: BusState, after: BusState): string[] {
  const harm: string[] = [];
  // Honest services publish one message to each stream in a round, unless their consumers may be gone.
  const published = rights.keeps ? 0 : 1;
  const names = (pick: keyof BusState): Set<string> => new Set([...before[pick].keys(), ...after[pick].keys()]);
  for (const name of names('streams')) {
    const [old, now] = [before.streams.get(name), after.streams.get(name)];
    if (old === undefined) harm.push(`created stream ${name}`);
    else if (now === undefined) harm.push(`deleted stream ${name}`);
    else {
      if (old.config !== now.config) harm.push(`changed stream ${name}`);
      const stored = now.lastSequence - old.lastSequence;
      if (!rights.stores.includes(name) && stored !== published)
        harm.push(`stored ${stored - published} messages in ${name}`);
      if (now.messages !== old.messages + stored) {
        harm.push(`removed ${old.messages + stored - now.messages} messages from ${name}`);
      }
    }
  }
  if (rights.keeps) return harm;
  for (const name of names('consumers')) {
    const [old, now] = [before.consumers.get(name), after.consumers.get(name)];
    if (old === undefined) harm.push(`created consumer ${name}`);
    else if (now === undefined) harm.push(`deleted consumer ${name}`);
    else {
      if (old.config !== now.config) harm.push(`changed consumer ${name}`);
      if (rights.advances.includes(name)) continue;
      const stored = rights.stores.includes(name.split('.')[0] ?? '');
      if (!stored && now.delivered !== old.delivered + 1) harm.push(`took messages from consumer ${name}`);
      if (now.unacknowledged !== old.unacknowledged) harm.push(`acknowledged messages of consumer ${name}`);
      if (now.redelivered !== old.redelivered) harm.push(`returned messages of consumer ${name}`);
    }
  }
  return harm;
}
