import { type EventMetadata } from '@gatehouse/contracts';
import { eventually } from '@gatehouse/testing';
import { json } from './clerk-api';
import { type UserJson, clerkUser, newClerkId, userEvent } from './clerk-events';
import { type SyncWorld } from './sync-world';

/** An event whose handling waits for Clerk's response. */
export interface HeldEvent {
  readonly user: UserJson;
  readonly about: EventMetadata;
  /** Lets Clerk respond. */
  readonly release: () => void;
}

/** Publishes an event that needs Clerk, and returns when user-sync has asked Clerk. */
export async function heldEvent(world: SyncWorld): Promise<HeldEvent> {
  const user = clerkUser(newClerkId());
  await world.deliver(userEvent('user.created', user));
  let release = (): void => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  world.clerk.answer(user.id, (request, response) => {
    void held.then(() => json(200, { ...user, first_name: 'Clerk' })(request, response));
  });
  const about = await world.publish(userEvent('user.updated', { ...user, first_name: 'Tie' }));
  await eventually(() => world.clerk.times(user.id) >= 1);
  return { user, about, release };
}
