import { type BusMember } from '@gatehouse/contracts';
import { Attacker } from './attacker';
import { type Bus } from './bus';
import { changesBy, forgedBy, workWithout } from './harm';
import { type Way, type WayName, ways } from './ways';

/**
 * Tries every way, or the named ones, with the credentials of a service, while all other services work. Returns the harm
 * that was done, as `<way>: <harm>`. Restores the streams before the next way.
 */
export async function attack(service: BusMember, bus: Bus, names = Object.keys(ways) as WayName[]): Promise<string[]> {
  const attacker = await Attacker.connect(service, bus);
  const harm: string[] = [];
  let intact = true;
  for (const name of names) {
    if (!intact) await bus.restore();
    const done = await tryWay(ways[name], attacker);
    harm.push(...done.map((each) => `${name}: ${each}`));
    intact = done.length === 0 && !attacker.rights.keeps;
  }
  await attacker.close();
  return harm;
}

/** Tries one way before and after a round of honest work, so that what the round leaves behind is attacked too. */
async function tryWay(way: Way, attacker: Attacker): Promise<string[]> {
  const { service, rights, bus } = attacker;
  await attacker.drain();
  const before = await bus.state();
  await way(attacker);
  await attacker.flush();
  const stalled = await workWithout(service, rights, bus);
  await way(attacker);
  await attacker.drain();
  await bus.flush();
  const harm = [
    ...stalled,
    ...changesBy(rights, before, await bus.state()),
    ...forgedBy(service, rights, bus),
    ...attacker.takeSecrets(),
  ];
  return [...new Set(harm)];
}
