import { type Epoch, type EpochReason } from './epoch-record';

/** The last marker on the stream. */
export interface Marker {
  readonly epoch: number;
  readonly complete: boolean;
}

/** What was found on the server. */
export interface StreamFound {
  readonly createdAt: Date;
  readonly lastSequence: number;
  readonly marker: Marker | undefined;
}

/**
 * What the relay must do. `intact`: nothing. `continue`: finish the epoch that has begun. `begin`: begin a new one. With
 * `purge`, what the stream holds is removed first, because it may be newer than the database.
 */
export type Verdict =
  | { readonly kind: 'intact' | 'continue' }
  | { readonly kind: 'begin'; readonly reason: EpochReason; readonly purge: boolean };

/**
 * Compares a stream with what the database recorded about it. The record must be read before the stream, because other
 * processes publish meanwhile.
 * @param refillMs age at which a complete epoch is replaced; 0: never
 */
export function judgeStream(record: Epoch, stream: StreamFound, refillMs: number): Verdict {
  const begin = (reason: EpochReason): Verdict => ({ kind: 'begin', reason, purge: reason !== 'refill' });
  const { marker } = stream;
  const isOther = record.streamCreatedAt?.getTime() !== stream.createdAt.getTime();
  if (record.state === 'due') {
    // This database has never written a marker.
    if (record.reason === 'first' && marker !== undefined) return begin('foreign');
    return begin(record.reason === 'went_back' && isOther ? 'lost' : record.reason);
  }
  if (isOther) return begin('lost');
  if (stream.lastSequence < record.ackedSequence) return begin('went_back');
  // The marker is published in this state, so the stream has the one of an earlier epoch, none, or this one already.
  if (record.state === 'marking') {
    return marker !== undefined && marker.epoch > record.epoch ? begin('foreign') : { kind: 'continue' };
  }
  if (marker === undefined) return begin('lost');
  // Another database that writes to this stream begins above the marker that it finds: a lower one is from a backup.
  if (marker.epoch !== record.epoch) return begin(marker.epoch < record.epoch ? 'went_back' : 'foreign');
  if (record.state !== 'complete') return { kind: 'continue' };
  if (!marker.complete) return begin('went_back');
  if (refillMs > 0 && record.ageMs !== null && record.ageMs >= refillMs + jitterMs(record.epoch, refillMs)) {
    return begin('refill');
  }
  return { kind: 'intact' };
}

/** Up to a tenth of the interval; the same on every replica. */
function jitterMs(epoch: number, refillMs: number): number {
  return ((epoch % 1_000) / 1_000) * (refillMs / 10);
}
