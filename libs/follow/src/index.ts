export { followData, type DataRef, type FollowDataOptions, type OwnedData } from './follow-data';
export { followUsers, type FollowUsersOptions, type User } from './follow-users';
export {
  type Change,
  type Counts,
  type FollowOptions,
  type Following,
  type KnownRow,
  type KnownRows,
  type Lag,
  type Removal,
  type Reset,
} from './following';
export { tailData, tailUsers } from './tail-streams';
export { type TailBeginning, type TailOptions, type TailPlace, type TailedChange, type Tailing } from './tailing';
export {
  CallbackFailedError,
  ConnectionClosedError,
  FeedRefusedError,
  FollowStoppedError,
  StreamOutdatedError,
  StreamUnavailableError,
  UnreadableMessageError,
} from './errors';
