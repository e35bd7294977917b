import { type Observation } from '../../observation/observation';

/** What an event's data says of a user. */
export type Reading = Pick<Observation, 'clerkUserId' | 'seen' | 'activity' | 'endedSession'>;

/**
 * Reads the data of one event type. `observedAt`: when Clerk made the event, in milliseconds. Throws EventInvalidError
 * that names the field at fault.
 */
export type EventReader = (data: unknown, observedAt: number) => Reading;
