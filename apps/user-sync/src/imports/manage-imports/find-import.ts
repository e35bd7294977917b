import { RequestRefusedError } from '@gatehouse/messaging';
import { type EntityManager } from 'typeorm';
import { UserImportEntity } from '../../database/user-import.entity';

/** The import. @throws RequestRefusedError `not_found` */
export async function requireImport(manager: EntityManager, id: string): Promise<UserImportEntity> {
  return required(await manager.findOneBy(UserImportEntity, { id }));
}

/** The import, locked until the transaction ends. @throws RequestRefusedError `not_found` */
export async function lockImport(manager: EntityManager, id: string): Promise<UserImportEntity> {
  return required(await manager.findOne(UserImportEntity, { where: { id }, lock: { mode: 'for_no_key_update' } }));
}

function required(row: UserImportEntity | null): UserImportEntity {
  if (row === null) throw new RequestRefusedError('not_found', 'This import does not exist.');
  return row;
}
