import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { UserEntity } from './user.entity';

/** The session of one Gatehouse token (called legacy in code). Its id is the token's `jti`. */
@Entity('legacy_sessions')
@Index('legacy_sessions_user_id_idx', ['userId'])
@Index('legacy_sessions_parent_session_id_idx', ['parentSessionId'], { where: 'parent_session_id IS NOT NULL' })
@Index('legacy_sessions_expires_at_idx', ['expiresAt'])
export class LegacySessionEntity {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'legacy_sessions_pkey' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => UserEntity, { name: 'legacy_sessions_user_id_fkey' })
  userId!: string;

  /** The Clerk session that was exchanged for this session. When the Clerk session ends, this session is closed. */
  @Column('text', { name: 'parent_session_id', nullable: true })
  parentSessionId!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'closed_at', precision: 3, nullable: true })
  closedAt!: Date | null;

  /** Address and user agent of the login. */
  @Column('text', { name: 'started_ip', nullable: true })
  startedIp!: string | null;

  @Column('text', { name: 'started_user_agent', nullable: true })
  startedUserAgent!: string | null;

  /** When the session was last used, as the gateway reported it; null before the first report. */
  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3, nullable: true })
  lastUsedAt!: Date | null;

  /** Address and user agent of the last use. */
  @Column('text', { name: 'last_ip', nullable: true })
  lastIp!: string | null;

  @Column('text', { name: 'last_user_agent', nullable: true })
  lastUserAgent!: string | null;
}
