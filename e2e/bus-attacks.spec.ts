import { type BusMember, memberRights, clerkEventsStream, clerkOutcomesStream, busMembers } from '@gatehouse/contracts';
import { eventually, natsServers } from '@gatehouse/testing';
import { attack } from './bus-attacks/attack';
import { Attacker } from './bus-attacks/attacker';
import { Bus } from './bus-attacks/bus';
import { earlierLayout } from './bus-attacks/earlier-layout';
import { presentLayout, widened } from './bus-attacks/layout';
import { takeOverStreams } from './bus-attacks/known-attacks';
import { type WayName } from './bus-attacks/ways';

/** How long an honest service waits where an attack is expected to stall it, in milliseconds. */
const SHORT_MS = 300;

describe.each(natsServers())('the bus on $server', ({ program }) => {
  let bus: Bus;
  afterEach(() => bus?.stop());

  it.each(busMembers)('gives an attacker with the credentials of %s no more than its own rights', async (service) => {
    bus = await Bus.start(presentLayout(), program);
    expect(await attack(service, bus)).toEqual([]);
  });

  it.each(busMembers.filter((name) => memberRights(name).keeps !== undefined))(
    'lets %s read what streams hold, and no request, reply or announcement',
    async (service) => {
      bus = await Bus.start(presentLayout(), program);
      const attacker = await Attacker.connect(service, bus);
      await takeOverStreams(attacker);
      const others = [...bus.standIns.values()].filter((each) => each.service !== service);
      for (const each of others) {
        await each.sendRequests();
        await each.announce();
        each.publishBlindly();
      }
      await eventually(() => [...attacker.canaries].some((text) => text.startsWith('canary message')));
      await bus.flush();
      expect([...attacker.canaries].filter((text) => !text.startsWith('canary message'))).toEqual([]);
      expect(attacker.takeSecrets()).toEqual([]);
    },
  );

  // Proves that the attacks above would be noticed if they succeeded.
  it.each<[harm: string, service: BusMember, way: WayName]>([
    ['read canary request user-sync.login.verify', 'webhook-ingest', 'capturing requests in a stream'],
    ['sent webhook-ingest a forged message', 'user-sync', 'delivering events to a handler of another service'],
    [`deleted stream ${clerkEventsStream.name}`, 'webhook-ingest', 'deleting streams by the reply to a pull'],
    [`deleted stream ${clerkOutcomesStream.name}`, 'user-sync', 'deleting streams by the reply to a pull'],
    [`deleted stream ${clerkEventsStream.name}`, 'api-gateway', 'deleting streams by an empty reply of a service'],
  ])('detects "%s" by %s in the earlier layout with one account', async (harm, service, way) => {
    bus = await Bus.start(earlierLayout, program, SHORT_MS);
    // nats-server deletes in the background, so an attack that depends on the moment may need another try.
    await eventually(async () => {
      const done = await attack(service, bus, [way]);
      await bus.restore();
      expect(done).toContainEqual(expect.stringMatching(`^${way}: ${harm}`));
    });
  });

  it.each<[harm: string, service: BusMember, call: string, way: WayName]>([
    ['changed stream', 'webhook-ingest', 'STREAM.UPDATE.CLERK_OUTCOMES', 'changing streams'],
    ['was answered on', 'api-gateway', 'STREAM.MSG.GET.CLERK_EVENTS', 'reading streams'],
    ['read canary message data', 'users-reader', 'STREAM.MSG.GET.GATEHOUSE_DATA', 'reading streams'],
    ['stalled consuming', 'webhook-ingest', 'CONSUMER.MSG.NEXT.CLERK_EVENTS.user-sync', 'reading streams'],
    ['changed consumer', 'user-sync', 'CONSUMER.CREATE.CLERK_EVENTS.user-sync', 'creating consumers'],
    ['removed', 'user-sync', 'STREAM.PURGE.CLERK_EVENTS', 'destroying streams'],
    ['acknowledged', 'webhook-ingest', '$JS.ACK.CLERK_EVENTS.user-sync.>', 'settling messages of others'],
  ])('detects "%s" when %s may also call %s', async (harm, service, call, way) => {
    bus = await Bus.start(widened(presentLayout(), service, call), program, SHORT_MS);
    expect(await attack(service, bus, [way])).toContainEqual(expect.stringContaining(`: ${harm}`));
  });
});
