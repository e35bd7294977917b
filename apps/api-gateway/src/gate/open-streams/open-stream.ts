import { type Caller } from '../../caller/caller';
import { type MaybePromise } from '../../maybe-promise';
import { type Decision } from '../decision';
import { type GateEnd, type StreamKind } from './stream-end';

/** Numbers that grow with each change of what callers may do. */
export interface StreamsVersion {
  /** Of trust changes, and of losses of all that was known. */
  readonly trust: number;
  /** Of policies. */
  readonly policy: number;
}

/** Who may have a stream, and for how long. */
export interface StreamPermit {
  /** undefined on a public route. */
  readonly caller: Caller | undefined;
  /** Whose streams are counted together: id of the user, or the address of a client without one. */
  readonly holder: string;
  /** `maxConnectionMinutes` of the upstream, in milliseconds. */
  readonly maxMs: number;
  /** `OpenStreams.version` when the decision about the caller began. */
  readonly since: StreamsVersion;
  /** Decides again whether the caller may use the route, by the policy in use. Never throws or rejects. */
  confirm(): MaybePromise<Decision>;
}

/** Whether no trust change came after a decision about the caller. A request without a caller depends on none. */
export function stillStands(
  { caller }: Pick<StreamPermit, 'caller'>,
  decidedAt: StreamsVersion,
  now: StreamsVersion,
): boolean {
  return caller === undefined || decidedAt.trust === now.trust;
}

/** What passes a stream on. */
export interface StreamPipe {
  /** Passes nothing on until `release` or `close`. A second call has no effect. */
  hold(): void;
  /** Goes on after `hold`. */
  release(): void;
  /** Closes both ends. Called at most once. `refusal`: why the caller may not have the stream, if it may not. */
  close(reason: GateEnd, refusal?: unknown): void;
  /** Called while the stream is open, every `ms` milliseconds. */
  tick?(ms: number): void;
}

/** An answer of an upstream that has begun and not ended, or a WebSocket. */
export class OpenStream {
  kind: StreamKind = 'response';
  /** Whose event streams and WebSockets it counts among; undefined for another response. */
  holder: string | undefined;
  /** Since when it is not known whether the caller is still trusted; undefined while it is. */
  doubtedAt: number | undefined;

  constructor(
    readonly permit: StreamPermit,
    readonly pipe: StreamPipe,
    readonly openedAt: number,
    /** When the gate closes the stream. */
    readonly endAt: number,
    /** Why it does so then. */
    readonly endReason: GateEnd,
  ) {}

  get caller(): Caller | undefined {
    return this.permit.caller;
  }
}
