import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The bytes of a delivery, redacted if they contained a secret. Partitioned by month of `created_at`. */
@Entity({ name: 'event_bodies' })
export class EventBodyEntity {
  @PrimaryColumn({ name: 'event_id', type: 'bigint', primaryKeyConstraintName: 'event_bodies_pkey' })
  eventId!: string;

  /**
   * Equals `created_at` of the ledger row. Part of the primary key, because the primary key of a partitioned table must
   * contain the column by which the table is partitioned.
   */
  @PrimaryColumn({ name: 'created_at', type: 'timestamptz', primaryKeyConstraintName: 'event_bodies_pkey' })
  createdAt!: Date;

  @Column({ type: 'bytea' })
  body!: Buffer;
}
