import { Column, Entity, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';

/** The lease of a running gateway, and the last trust change that it has acknowledged. */
@Entity('gateway_leases')
export class GatewayLeaseEntity {
  @PrimaryColumn('uuid', { name: 'gateway_id', primaryKeyConstraintName: 'gateway_leases_pkey' })
  gatewayId!: string;

  @Column('bigint', { name: 'number', transformer: numeric })
  number!: number;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;
}
