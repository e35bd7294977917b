import { Column, Entity, ForeignKey, PrimaryColumn } from 'typeorm';
import { UserImportEntity } from './user-import.entity';

/**
 * A value that only one row of a file may have, such as an external id, with the first row that has it. Row 0: a person who
 * was erased after the upload has it. Kept until the plan is applied or discarded.
 */
@Entity('user_import_keys')
export class UserImportKeyEntity {
  @PrimaryColumn('uuid', { name: 'import_id', primaryKeyConstraintName: 'user_import_keys_pkey' })
  @ForeignKey(() => UserImportEntity, { name: 'user_import_keys_import_id_fkey', onDelete: 'CASCADE' })
  importId!: string;

  /** SHA-256 of the kind and the value. */
  @PrimaryColumn('bytea', { name: 'key', primaryKeyConstraintName: 'user_import_keys_pkey' })
  key!: Buffer;

  @Column('integer', { name: 'row' })
  row!: number;
}
