export { EventUnreadableError } from './errors';
export { followChanges } from './live/follow-changes';
export {
  type LiveChange,
  type LiveEnd,
  type LiveOptions,
  type LiveProfile,
  type LiveState,
  type ResetReason,
} from './live/live-options';
export { type LiveUpdates } from './live/live-updates';
