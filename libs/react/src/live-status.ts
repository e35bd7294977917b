import { type LiveEnd, type LiveState } from '@gatehouse/client/live';

/** State of live updates. `off`: nobody is signed in. `reason`: why they have ended. */
export interface LiveStatus {
  readonly state: LiveState | 'off';
  readonly reason?: LiveEnd['reason'];
}
