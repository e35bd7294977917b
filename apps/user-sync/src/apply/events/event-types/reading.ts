import { type Observation } from '../../observation/observation';

/** What the data of an event shows about a user. */
export type Reading = Pick<Observation, 'clerkUserId' | 'seen' | 'activity' | 'endedSession' | 'startedSession'>;

/**
 * Reads the data of one event type. `observedAt`: when Clerk created the event, in milliseconds.
 * @throws EventInvalidError that names the invalid field
 */
export type EventReader = (data: unknown, observedAt: number) => Reading;
