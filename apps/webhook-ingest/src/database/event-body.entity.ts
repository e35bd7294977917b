import { Column, Entity, PrimaryColumn } from 'typeorm';

/** The bytes of a delivery, verbatim unless they held what could sign somebody in; partitioned by month of `created_at`. */
@Entity({ name: 'event_bodies' })
export class EventBodyEntity {
  @PrimaryColumn({ name: 'event_id', type: 'bigint', primaryKeyConstraintName: 'event_bodies_pkey' })
  eventId!: string;

  /** The ledger row's `created_at`: a partitioned table's key must hold what it is partitioned by. */
  @PrimaryColumn({ name: 'created_at', type: 'timestamptz', primaryKeyConstraintName: 'event_bodies_pkey' })
  createdAt!: Date;

  @Column({ type: 'bytea' })
  body!: Buffer;
}
