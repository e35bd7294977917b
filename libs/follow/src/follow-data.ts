import { Follower } from './follower';
import { type Change, type FollowOptions, type Following, type Removal } from './following';
import { type FollowedStream, isRecord } from './stream-message';

/** Which resource or quota of which user. */
export interface DataRef {
  readonly userId: string;
  /** Kind of the resource, or of the quota; later releases may add kinds. */
  readonly kind: 'item' | 'template' | 'assistant-session' | 'tokens' | 'uploads';
  /** Of a quota, the id of the user. */
  readonly id: string;
}

/** A resource that a user owns, as its owner sees it, or a quota. */
export interface OwnedData extends DataRef {
  readonly data: Readonly<Record<string, unknown>>;
}

/** What `followData` calls, beside `FollowOptions`. */
export interface FollowDataOptions extends FollowOptions {
  /** Called with each resource that is new or changed. Store it; create it if it is not there. */
  readonly onData: (resource: OwnedData, change: Change) => unknown;
  /** Called with each resource that is gone, even if you never had it. */
  readonly onRemoved: (ref: DataRef, removal: Removal) => unknown;
}

/** The stream of what users own. */
export const followedData: FollowedStream<OwnedData> = {
  name: 'GATEHOUSE_DATA',
  prefix: 'data.changed.',
  subjects: 'data.changed.>',
  feed: 'feed.data.>',
  body: (content, key) => {
    const ref = refOf(key);
    const isSame = content.kind === ref.kind && content.userId === ref.userId && content.id === ref.id;
    return isSame && isRecord(content.data) ? { ...ref, data: content.data } : undefined;
  },
};

/**
 * Keeps a copy of what users own equal to Gatehouse's, as `followUsers` does with users. Needs the rights of the NATS
 * user of the gateway.
 */
export function followData(options: FollowDataOptions): Following {
  const { onData, onRemoved } = options;
  const handlers = { onRow: onData, onRemoved: (key: string, removal: Removal) => onRemoved(refOf(key), removal) };
  return new Follower<OwnedData>(followedData, handlers, options);
}

/** A key is `<user id>.<kind>.<id>`. */
function refOf(key: string): DataRef {
  const [userId = '', kind = '', id = ''] = key.split('.');
  return { userId, kind: kind as DataRef['kind'], id };
}
