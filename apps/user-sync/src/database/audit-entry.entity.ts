import { type AuditAction, type AuditEntry, type AuthMethod } from '@gatehouse/contracts';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * Who did what, with which credential. Triggers reject every update, and the deletion of an entry that is less than 90
 * days old.
 */
@Entity('audit_log')
@Index('audit_log_user_id_idx', ['userId', 'id'])
@Index('audit_log_actor_user_id_idx', ['actorUserId', 'id'])
@Index('audit_log_credential_id_idx', ['credentialId', 'id'], { where: 'credential_id IS NOT NULL' })
@Index('audit_log_action_idx', ['action', 'id'])
@Index('audit_log_at_idx', ['at'])
@Index('audit_log_request_id_key', ['requestId', 'outcome'], { unique: true, where: 'repeatable' })
export class AuditEntryEntity {
  @PrimaryGeneratedColumn('identity', {
    name: 'id',
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    primaryKeyConstraintName: 'audit_log_pkey',
  })
  id!: string;

  @Column({ type: 'timestamptz', name: 'at', precision: 3, default: () => 'now()' })
  at!: Date;

  /** When the entry was inserted; null in rows of older releases. `at` is when the action happened. */
  @Column({ type: 'timestamptz', name: 'recorded_at', precision: 3, nullable: true })
  recordedAt!: Date | null;

  @Column('text', { name: 'action' })
  action!: AuditAction;

  @Column('text', { name: 'outcome' })
  outcome!: AuditEntry['outcome'];

  @Column('text', { name: 'reason', nullable: true })
  reason!: string | null;

  @Column('uuid', { name: 'actor_user_id', nullable: true })
  actorUserId!: string | null;

  @Column('text', { name: 'method', nullable: true })
  method!: AuthMethod | null;

  @Column('text', { name: 'credential_id', nullable: true })
  credentialId!: string | null;

  @Column('uuid', { name: 'user_id', nullable: true })
  userId!: string | null;

  @Column('text', { name: 'subject', nullable: true })
  subject!: string | null;

  @Column('text', { name: 'request_id' })
  requestId!: string;

  /** Request id that the client sent. */
  @Column('text', { name: 'client_request_id', nullable: true })
  clientRequestId!: string | null;

  @Column('text', { name: 'source_ip', nullable: true })
  sourceIp!: string | null;

  @Column('text', { name: 'user_agent', nullable: true })
  userAgent!: string | null;

  @Column('jsonb', { name: 'details', default: {} })
  details!: Record<string, unknown>;

  /** Whether the gateway repeats the request by itself when the reply is late or lost: it is then recorded once. */
  @Column('boolean', { name: 'repeatable', default: false })
  repeatable!: boolean;
}
