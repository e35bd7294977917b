import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { numeric } from './numeric';
import { UserImportEntity } from './user-import.entity';

/** A part of an uploaded file. Deleted once all rows are planned. */
@Entity('user_import_chunks')
export class UserImportChunkEntity {
  @PrimaryColumn('uuid', { name: 'import_id', primaryKeyConstraintName: 'user_import_chunks_pkey' })
  @ForeignKey(() => UserImportEntity, { name: 'user_import_chunks_import_id_fkey', onDelete: 'CASCADE' })
  importId!: string;

  /** Place of the first byte in the file. */
  @PrimaryColumn('bigint', {
    name: 'position',
    primaryKeyConstraintName: 'user_import_chunks_pkey',
    transformer: numeric,
  })
  position!: number;

  @Column('bytea', { name: 'content' })
  content!: Buffer;
}
