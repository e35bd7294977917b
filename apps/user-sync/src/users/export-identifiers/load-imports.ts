import { type ReplyOf, type exportIdentifiers, maxExportedImports } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { UserImportRowEntity } from '../../database/user-import-row.entity';
import { UserImportEntity } from '../../database/user-import.entity';

/** Loads what imports hold about a user, newest first. */
export async function loadImports(
  manager: EntityManager,
  userId: string,
): Promise<ReplyOf<typeof exportIdentifiers>['imports']> {
  const rows = await manager
    .createQueryBuilder(UserImportRowEntity, 'r')
    .innerJoin(UserImportEntity, 'i', 'i.id = r.importId')
    .where('r.userId = :userId AND (r.content IS NOT NULL OR r.changed IS NOT NULL)', { userId })
    .orderBy('i.requestedAt', 'DESC')
    .addOrderBy('r.importId')
    .limit(maxExportedImports)
    .getMany();
  return rows.map(({ importId, row, content, changed }) => {
    return { importId, row, planned: content, before: changed?.before ?? null, after: changed?.after ?? null };
  });
}
