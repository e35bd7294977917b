import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';

/** The record of one uploaded document. The document is elsewhere. */
@Entity('uploads')
@Index('uploads_user_id_created_at_idx', ['userId', 'createdAt', 'id'])
@Index('uploads_created_at_idx', ['createdAt'])
export class UploadEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'uploads_pkey' })
  userId!: string;

  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'uploads_pkey' })
  id!: string;

  @Column('text', { name: 'name' })
  name!: string;

  /** Bytes. */
  @Column('bigint', { name: 'size', nullable: true })
  size!: string | null;

  @Column('text', { name: 'content_type', nullable: true })
  contentType!: string | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;
}

/** Number of documents that a user has ever recorded. Never falls, also when old records are deleted. */
@Entity('upload_totals')
@Check('upload_totals_documents_check', 'documents_uploaded >= 0')
export class UploadTotalEntity {
  @PrimaryColumn('uuid', { name: 'user_id', primaryKeyConstraintName: 'upload_totals_pkey' })
  userId!: string;

  @Column('bigint', { name: 'documents_uploaded' })
  documentsUploaded!: string;
}
