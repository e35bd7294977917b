import { Check, Column, Entity, PrimaryColumn } from 'typeorm';

/**
 * The current epoch of a stream: how far it is written, and which stream it was written to. A service with a stream
 * lists this entity.
 */
@Entity('stream_epochs')
@Check('stream_epochs_state_check', `state IN ('due', 'marking', 'filling', 'purging', 'complete')`)
export class StreamEpochEntity {
  @PrimaryColumn('text', { name: 'stream', primaryKeyConstraintName: 'stream_epochs_pkey' })
  stream!: string;

  /** Milliseconds since 1970 at which the epoch began; 0 before the first one. Greater than that of the epoch before. */
  @Column('bigint', { name: 'epoch', default: 0 })
  epoch!: string;

  /** See `EpochState` in `epoch-record.ts`. */
  @Column('text', { name: 'state' })
  state!: string;

  /** Why the epoch began, or must begin. */
  @Column('text', { name: 'reason' })
  reason!: string;

  /** The epoch that began when the database was last restored or replaced; 0 if it never was. */
  @Column('bigint', { name: 'generation', default: 0 })
  generation!: string;

  /** Creation time of the stream that this epoch is written to. */
  @Column({ type: 'timestamptz', name: 'stream_created_at', precision: 3, nullable: true })
  streamCreatedAt!: Date | null;

  /** The highest acknowledged sequence of this epoch. A stream whose last sequence is lower has lost messages. */
  @Column('bigint', { name: 'acked_sequence', default: 0 })
  ackedSequence!: string;

  /** Messages below this sequence are removed: before the rows are published, or after them in a refill. */
  @Column('bigint', { name: 'purge_below', default: 0 })
  purgeBelow!: string;

  /** Sequence of the marker with which the epoch began; null before it is published. */
  @Column('bigint', { name: 'marker_sequence', nullable: true })
  markerSequence!: string | null;

  /** The page of rows that is published next; null for the first. */
  @Column('text', { name: 'next_page', nullable: true })
  nextPage!: string | null;

  /** Rows that were published so far. */
  @Column('bigint', { name: 'rows', default: 0 })
  rows!: string;

  @Column({ type: 'timestamptz', name: 'completed_at', precision: 3, nullable: true })
  completedAt!: Date | null;

  /** The process that writes the epoch, until `leasedUntil`. */
  @Column('uuid', { name: 'leased_by', nullable: true })
  leasedBy!: string | null;

  @Column({ type: 'timestamptz', name: 'leased_until', precision: 3, nullable: true })
  leasedUntil!: Date | null;
}
