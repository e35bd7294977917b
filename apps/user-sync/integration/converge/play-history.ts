import { type EventRead, readEvent } from '../../src/apply/events/read-event';
import { type EventJson, deliveryOf, instanceId, metadata } from '../clerk-events';
import { type ClerkModel } from './clerk-model';
import { type Step, type Travel } from './history';
import { type SyncCore, type SyncParts } from './sync-core';

/** An event on its way: the step in which it arrives, and the order within that step. */
interface Travelling {
  readonly event: EventRead;
  readonly due: number;
  readonly order: number;
}

function dispatch(events: readonly EventJson[], travels: readonly Travel[], now: number) {
  return events.flatMap((event, index): Travelling[] => {
    const { copies, late, order, ownIds, unproven } = travels[index] ?? {
      copies: 1,
      late: 0,
      order: 0,
      ownIds: false,
      unproven: false,
    };
    const about = metadata(event.type);
    return Array.from({ length: copies }, (_, copy) => ({
      event: read(unproven ? { ...event, instance_id: undefined } : event, ownIds ? metadata(event.type) : about),
      due: now + late * (copy + 1),
      order: order + copy * 37,
    }));
  });
}

/** Reads an event as user-sync does. */
export function read(event: EventJson, about = metadata(event.type)): EventRead {
  return readEvent(deliveryOf(event, about), instanceId);
}

/** Plays a history until all events have arrived. Returns Clerk's events, without corrupt ones. */
export async function playHistory(
  core: SyncCore,
  steps: readonly Step[],
  clerk: ClerkModel,
  { events, login, writeBack }: SyncParts,
): Promise<EventJson[]> {
  const sentByClerk: EventJson[] = [];
  let travelling: Travelling[] = [];
  for (const [now, { operation, travel, crash, staleReads }] of steps.entries()) {
    const sent = clerk.perform(operation);
    if (operation.kind !== 'corrupt') sentByClerk.push(...sent);
    travelling.push(...dispatch(sent, travel, now));
    const due = travelling.filter((each) => each.due <= now).sort((a, b) => a.order - b.order);
    travelling = travelling.filter((each) => each.due > now);
    clerk.staleReads = staleReads;
    const caller = operation.kind === 'login' ? clerk.idOf(operation.slot) : undefined;
    const batch = due.map(({ event }) => event);
    await Promise.all([core.deliver(events, batch, crash), caller === undefined ? undefined : login(caller)]);
    if (operation.kind === 'role') await core.probe.setRole(clerk.idOf(operation.slot) ?? '', operation.role);
    if (operation.kind === 'write-back') {
      clerk.lostAnswers = operation.lost ? 1 : 0;
      core.crashNext(crash);
      await writeBack();
      core.crashNext(undefined);
      const echoes = clerk.takeEchoes();
      sentByClerk.push(...echoes);
      travelling.push(...dispatch(echoes, travel, now + 1));
    }
  }
  clerk.staleReads = 0;
  await core.deliver(
    events,
    travelling.map(({ event }) => event),
  );
  return sentByClerk;
}

/** Writes back until no write-back is pending. Delivers and returns the events that the writes cause. */
export async function writeAll(
  core: SyncCore,
  clerk: ClerkModel,
  { events, writeBack }: SyncParts,
): Promise<EventJson[]> {
  const sentByClerk: EventJson[] = [];
  clerk.lostAnswers = 0;
  for (let round = 0; round < 10 && (await core.probe.pendingWriteBacks()) > 0; round += 1) {
    await writeBack();
    const echoes = clerk.takeEchoes();
    sentByClerk.push(...echoes);
    await core.deliver(
      events,
      echoes.map((event) => read(event)),
    );
  }
  return sentByClerk;
}
