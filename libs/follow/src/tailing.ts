import { type FollowOptions } from './following';

/** A change, in the order of the stream. */
export interface TailedChange<Body> {
  /** Sequence of the message in the stream. */
  readonly sequence: number;
  /** The user id; of data, `<user id>.<kind>.<id>`. */
  readonly key: string;
  readonly version: number;
  readonly changed: readonly string[];
  /** Time of the message, ISO 8601. */
  readonly at: string;
  /** Undefined for a deletion. */
  readonly body: Body | undefined;
}

/** A place in a stream: the epoch that is current there, and the sequence after which it is. */
export interface TailPlace {
  readonly epoch: number;
  readonly from: number;
}

/** Why and where a tail begins. Every change with a sequence above `from` follows, unless a newer one replaced it. */
export interface TailBeginning extends TailPlace {
  /**
   * `first`; `lost`: the stream was lost or went back; `gap`: more changes than the backlog were missed; `restored`: the
   * database of the publisher was restored, and versions may be lower than before.
   */
  readonly reason: 'first' | 'lost' | 'gap' | 'restored';
}

/** Options of a tail. Its callbacks are synchronous and must not throw. */
export interface TailOptions<Body> extends Pick<FollowOptions, 'nats' | 'onError' | 'apiPrefix'> {
  /** Most sequences that are read at the beginning and after a gap. Default: 5000. */
  readonly backlog?: number;
  /** The tail begins, also again after it lost its place. */
  readonly onBegin: (beginning: TailBeginning) => void;
  /** Another epoch began. */
  readonly onEpoch: (place: TailPlace) => void;
  /** Sequences rise. Of one row, versions do not go back until the tail begins again. */
  readonly onChange: (change: TailedChange<Body>) => void;
  /** Everything that the stream held has been told, at the beginning and after a gap. */
  readonly onCurrent?: () => void;
}

/** A running tail. */
export interface Tailing {
  /** Whether everything that is known to be on the stream has been told. */
  readonly isCurrent: boolean;
  /** Time since the tail was last up to date, in milliseconds; 0 while it is. */
  lagMs(): number;
  stop(): void;
}
