import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The stored answer of a request with an idempotency key. A service with such requests lists this entity. */
@Entity('idempotency_keys')
@Index('idempotency_keys_created_at_idx', ['createdAt'])
@Check(
  'idempotency_keys_size_check',
  'octet_length(id) = 32 AND octet_length(request_hash) = 32 AND octet_length(answer::text) <= 262144 AND octet_length(sealed) <= 4096',
)
export class IdempotencyKeyEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  userId!: string;

  /** SHA-256 of users, path and key. */
  @PrimaryColumn('bytea', { name: 'id', primaryKeyConstraintName: 'idempotency_keys_pkey' })
  id!: Buffer;

  /** SHA-256 of the request. */
  @Column('bytea', { name: 'request_hash' })
  requestHash!: Buffer;

  /** The answer, without its secret. */
  @Column('json', { name: 'answer' })
  answer!: object;

  /** The encrypted secret of the answer; null in answers without one. */
  @Column('bytea', { name: 'sealed', nullable: true })
  sealed!: Buffer | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;
}
