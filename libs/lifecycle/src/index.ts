export {
  canonicalContent,
  contentVersion,
  displayName,
  version1Contents,
  type ClerkOwned,
  type ColumnsSinceVersion1,
} from './content';
export { decide, type Action, type Decision, type Known, type Observation } from './decide';
export {
  isDead,
  transition,
  transitions,
  type EventInput,
  type EventRow,
  type EventState,
  type Transition,
} from './event-state';
export { isRetryable, type FailureFacts } from './failure';
export { defaultRetrySchedule, retryDelayMs, type RetrySchedule } from './retry-schedule';
