import { Column, Entity, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** A gateway that is running, and the last change that it has taken in. */
@Entity('gateway_leases')
export class GatewayLeaseEntity {
  @PrimaryColumn('uuid', { name: 'gateway_id', primaryKeyConstraintName: 'gateway_leases_pkey' })
  gatewayId!: string;

  @Column('bigint', { name: 'number', transformer: numeric })
  number!: number;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
