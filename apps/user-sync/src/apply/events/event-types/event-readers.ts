import { type HandledEventType } from '@gatehouse/contracts';
import { type EventReader } from './reading';
import { sessionCreated } from './session-created';
import { sessionEnded } from './session-ended';
import { sessionPending } from './session-pending';
import { sessionRemoved } from './session-removed';
import { sessionRevoked } from './session-revoked';
import { userCreated } from './user-created';
import { userDeleted } from './user-deleted';
import { userUpdated } from './user-updated';

/** Reader of each handled event type. */
export const eventReaders = {
  'user.created': userCreated,
  'user.updated': userUpdated,
  'user.deleted': userDeleted,
  'session.created': sessionCreated,
  'session.ended': sessionEnded,
  'session.removed': sessionRemoved,
  'session.revoked': sessionRevoked,
  'session.pending': sessionPending,
} satisfies Record<HandledEventType, EventReader>;
