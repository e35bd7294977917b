export {
  barringFields,
  clerkOwnedColumns,
  clerkOwnedFields,
  fieldsSinceVersion1,
  type BarringField,
  type ClerkOwned,
  type ClerkOwnedField,
  type FieldSinceVersion1,
} from './clerk-owned-columns';
export {
  canonicalContent,
  contentVersion,
  contentsOfVersion,
  fieldsAfterVersion,
  type ContentColumns,
} from './content';
export { decide, type Decision, type Known, type Observed } from './decide';
export { displayName } from './display-name';
export { transition, transitions, type EventInput, type EventState } from './event-state';
export { isRetryable, type FailureFacts } from './failure';
export { defaultRetrySchedule, retryDelayMs, type RetrySchedule } from './retry-schedule';
export { effectiveLimit, tierLimits, type LimitKind } from './tier-limits';
export { fits, remainingOf, renewalOf } from './quota';
export {
  settleReservation,
  statesMovedBy,
  type ReservationInput,
  type ReservationRow,
  type ReservationState,
} from './reservation';
