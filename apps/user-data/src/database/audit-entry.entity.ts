import { type AuditEntry, type AuthMethod, type DataAuditAction } from '@gatehouse/contracts';
import { Column, Entity, Index, PrimaryGeneratedColumn } from 'typeorm';

/**
 * What an admin did with the data of a user, and the erasure of a deleted user. Policies let the service only insert, at the current time, and the worker
 * only read and delete entries that are at least 90 days old.
 */
@Entity('audit_log')
@Index('audit_log_user_id_idx', ['userId', 'id'])
@Index('audit_log_actor_user_id_idx', ['actorUserId', 'id'])
@Index('audit_log_credential_id_idx', ['credentialId', 'id'])
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

  @Column({ type: 'timestamptz', name: 'at', default: () => 'now()' })
  at!: Date;

  @Column('text', { name: 'action' })
  action!: DataAuditAction;

  @Column('text', { name: 'outcome', default: 'done' })
  outcome!: AuditEntry['outcome'];

  /** Why the service refused the request; null if it was done. */
  @Column('text', { name: 'reason', nullable: true })
  reason!: string | null;

  /** The admin; null when the data of a deleted user was erased, which no admin asked for. */
  @Column('uuid', { name: 'actor_user_id', nullable: true })
  actorUserId!: string | null;

  @Column('text', { name: 'method', nullable: true })
  method!: AuthMethod | null;

  /** Id of the API key or session, never the credential itself. */
  @Column('text', { name: 'credential_id', nullable: true })
  credentialId!: string | null;

  /** The user whose data it was. */
  @Column('uuid', { name: 'user_id' })
  userId!: string;

  /** What was read or changed, such as `items/<id>`. */
  @Column('text', { name: 'subject', nullable: true })
  subject!: string | null;

  @Column('text', { name: 'request_id' })
  requestId!: string;

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
