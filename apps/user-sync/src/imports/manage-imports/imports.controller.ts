import {
  type EnvelopeClaims,
  type ReplyOf,
  type UserImport,
  approveUserImport,
  discardUserImport,
  listUserImports,
  showUserImport,
  undoUserImport,
  userImportUndoDays,
} from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserImportEntity } from '../../database/user-import.entity';
import { answerRequest } from '../../requests/answer-request';
import { requireUser } from '../../user-rows/find-user';
import { loadAdmin } from '../../user-rows/load-admin';
import { presentImport, unhindered } from '../import-store';
import { ImportWorker } from '../import-worker';
import { lockImport, requireImport } from './find-import';

const UNDO_MS = userImportUndoDays * 86_400_000;

/** Lets admins watch imports, and approve, undo or discard them. */
@Controller()
export class ImportsController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly worker: ImportWorker,
  ) {}

  @RequestHandler(listUserImports)
  list(
    @Payload() { body, envelope }: VerifiedRequest<typeof listUserImports>,
  ): Promise<ReplyOf<typeof listUserImports>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const { manager } = this.dataSource;
      const query = manager.createQueryBuilder(UserImportEntity, 'i');
      if (body.user !== undefined) {
        const { id: userId } = await requireUser(manager, body.user);
        query.where('i.id IN (SELECT import_id FROM user_import_rows WHERE user_id = :userId)', { userId });
      }
      const rows = await query.orderBy('i.requestedAt', 'DESC').addOrderBy('i.id', 'DESC').limit(body.limit).getMany();
      return { items: rows.map(presentImport) };
    });
  }

  @RequestHandler(showUserImport)
  show(@Payload() { body, envelope }: VerifiedRequest<typeof showUserImport>): Promise<UserImport> {
    requireAdmin(envelope);
    return answerRequest(async () => presentImport(await requireImport(this.dataSource.manager, body.id)));
  }

  @RequestHandler(approveUserImport)
  approve(@Payload() { body, envelope }: VerifiedRequest<typeof approveUserImport>): Promise<UserImport> {
    return this.change(body.id, envelope, async (manager, { id, state, plan }) => {
      if (state === 'applying' || state === 'done') return;
      if (state !== 'needs_approval') {
        throw new RequestRefusedError(
          'conflict',
          'Only an import that is planned and waits for an approval can be approved.',
        );
      }
      const now = new Date();
      await manager.update(
        UserImportEntity,
        { id },
        { ...unhindered, state: 'applying', rowsDone: 0, approvedAt: now, updatedAt: now },
      );
      await recordAudit(manager, envelope, { action: 'user_import.approve', subject: id, details: plan });
    });
  }

  @RequestHandler(undoUserImport)
  undo(@Payload() { body, envelope }: VerifiedRequest<typeof undoUserImport>): Promise<UserImport> {
    return this.change(body.id, envelope, async (manager, { id, state, outcomes, approvedAt }) => {
      if (state === 'undoing' || state === 'undone') return;
      if (state !== 'applying' && state !== 'done') {
        throw new RequestRefusedError('conflict', 'The import has changed nothing. Discard it instead.');
      }
      if (Date.now() > (approvedAt?.getTime() ?? 0) + UNDO_MS) {
        const message = `The import was approved more than ${userImportUndoDays} days ago: the former values are deleted.`;
        throw new RequestRefusedError('conflict', message);
      }
      await manager.update(
        UserImportEntity,
        { id },
        { ...unhindered, state: 'undoing', rowsDone: 0, updatedAt: new Date() },
      );
      await recordAudit(manager, envelope, { action: 'user_import.undo', subject: id, details: outcomes });
    });
  }

  @RequestHandler(discardUserImport)
  discard(@Payload() { body, envelope }: VerifiedRequest<typeof discardUserImport>): Promise<UserImport> {
    return this.change(body.id, envelope, async (manager, { id, state }) => {
      if (state === 'discarded') return;
      if (!['uploading', 'planning', 'needs_approval', 'failed'].includes(state)) {
        throw new RequestRefusedError('conflict', 'The import was approved. Undo it instead.');
      }
      await manager.update(UserImportEntity, { id }, { state: 'discarded', updatedAt: new Date() });
      await recordAudit(manager, envelope, { action: 'user_import.discard', subject: id });
    });
  }

  /** Changes a locked import for an admin. */
  private async change(
    id: string,
    envelope: EnvelopeClaims,
    work: (manager: EntityManager, row: UserImportEntity) => Promise<void>,
  ): Promise<UserImport> {
    const changed = await answerRequest(async () => {
      await this.dataSource.transaction(async (manager) => {
        await loadAdmin(manager, envelope);
        await work(manager, await lockImport(manager, id));
      });
      return presentImport(await requireImport(this.dataSource.manager, id));
    });
    this.worker.wake();
    return changed;
  }
}
