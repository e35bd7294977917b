import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { noActivity } from '../../observation/observation';
import { parseData } from './parse-data';
import { type EventReader } from './reading';

/** A user was deleted at Clerk. The event only holds the id. */
export const userDeleted: EventReader = (data) => {
  const { id } = parseData(clerkEventDataSchemas['user.deleted'], data, 'data');
  return { clerkUserId: id, seen: { kind: 'deletion' }, activity: noActivity };
};
