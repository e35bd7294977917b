import { type CompactedStream } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type EpochMarker } from './epoch-marker';
import { type Epoch, type EpochReason, type EpochRecord } from './epoch-record';
import { type StreamFound, type Verdict, judgeStream } from './judge-stream';
import { type RelayMetrics } from './relay-metrics';

/** More messages than replicas publish before they record that. */
const UNRECORDED = 100_000;

/** What an inspection found. */
export interface Inspection {
  readonly verdict: Verdict;
  readonly epoch: Epoch;
}

/** What a {@link StreamInspector} needs. */
export interface StreamInspectorParts {
  readonly stream: CompactedStream;
  readonly record: EpochRecord;
  readonly marker: EpochMarker;
  readonly metrics: RelayMetrics;
  readonly refillMs: number;
  readonly log: Logger;
}

/** Finds out whether the stream is the one that the database knows, and begins a new epoch when it is not. */
export class StreamInspector {
  /** Creation time of the stream that was last found to be the recorded one; milliseconds. */
  private recordedStream: number | undefined;

  constructor(private readonly parts: StreamInspectorParts) {}

  /**
   * Compares the stream with the record.
   * @throws ContractAbsentError, ContractMismatchError, JetStreamUnavailableError, NatsDisconnectedError, or an error of
   * the database
   */
  async inspect(): Promise<Inspection> {
    const epoch = await this.parts.record.read();
    return { epoch, verdict: await this.judge(epoch) };
  }

  /**
   * Takes the lease and returns the epoch that this process must write: a new one if the stream needs it. Returns
   * undefined when there is none, or when another process writes it.
   */
  async takeOver(): Promise<Epoch | undefined> {
    const { record, log, stream } = this.parts;
    const leased = await record.lease();
    if (leased === undefined) return undefined;
    // Judged again: what another process did before it released the lease is now visible.
    const verdict = await this.judge(leased);
    if (verdict.kind === 'begin') return this.begin(leased, verdict.reason, verdict.purge);
    if (verdict.kind === 'intact') return undefined;
    log.info({ epoch: leased.epoch, stream: stream.contract.name }, 'epoch of the stream continued');
    return leased;
  }

  private async begin(last: Epoch, reason: EpochReason, purge: boolean): Promise<Epoch> {
    const { record, metrics, log, stream } = this.parts;
    const { createdAt, lastSequence, marker } = await this.look();
    const begun = await record.begin({
      reason,
      streamCreatedAt: createdAt,
      purgeBelow: purge ? purgeBelow(last, reason, lastSequence) : 0,
      lastSequence,
      foreign: marker?.epoch ?? 0,
    });
    this.recordedStream = createdAt.getTime();
    metrics.began(reason);
    log.info({ epoch: begun.epoch, reason, stream: stream.contract.name }, 'epoch of the stream began');
    return begun;
  }

  private async judge(epoch: Epoch): Promise<Verdict> {
    const { metrics, refillMs } = this.parts;
    // After the record: see `judgeStream`.
    const found = await this.look();
    const verdict = judgeStream(epoch, found, refillMs);
    if (verdict.kind !== 'begin') this.expectMore(found);
    const refills = epoch.purgeBelow === 0 && epoch.state !== 'due';
    const holdsAll = verdict.kind === 'intact' || (verdict.kind === 'continue' && refills);
    metrics.standing(holdsAll || (verdict.kind === 'begin' && verdict.reason === 'refill'), epoch.ageMs);
    return verdict;
  }

  /**
   * Reads the state of the stream and its marker. An empty stream has none and is not asked: nats-server before 2.9.15
   * crashes when it is asked for a message of a stream that it is creating.
   */
  private async look(): Promise<StreamFound> {
    const { createdAt, lastSequence } = await this.parts.stream.state();
    return { createdAt, lastSequence, marker: lastSequence === 0 ? undefined : await this.parts.marker.read() };
  }

  /**
   * Expects later messages above the last sequence. Only another stream lowers what was expected before: a stream that
   * went back must be noticed by the publishes that raise its last sequence, until a new epoch is on record.
   */
  private expectMore({ createdAt, lastSequence }: StreamFound): void {
    const { stream } = this.parts;
    if (this.recordedStream === createdAt.getTime()) stream.acknowledged(lastSequence);
    else stream.expectAbove(lastSequence);
    this.recordedStream = createdAt.getTime();
  }
}

/**
 * The sequence at which an epoch begins that purges the stream. What is published from now on is not removed, even if
 * this process stalls before it purges. A stream that went back continues above every sequence that it gave out:
 * otherwise a follower could take new messages for those that it has read. What is published before that purge is
 * removed with it, and published again with every row.
 */
function purgeBelow(last: Epoch, reason: EpochReason, lastSequence: number): number {
  if (reason !== 'went_back') return lastSequence + 1;
  return Math.max(lastSequence, last.ackedSequence, last.purgeBelow) + UNRECORDED + 1;
}
