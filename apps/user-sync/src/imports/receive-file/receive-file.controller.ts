import {
  type UserImport,
  appendToUserImport,
  beginUserImport,
  finishUserImport,
  userImportLimits,
} from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { randomUUID } from 'node:crypto';
import { DataSource, type EntityManager } from 'typeorm';
import { recordAudit } from '../../audit/audit-log/record-audit';
import { UserImportEntity } from '../../database/user-import.entity';
import { answerRequest } from '../../requests/answer-request';
import { loadAdmin } from '../../user-rows/load-admin';
import { presentImport } from '../import-store';
import { ImportWorker } from '../import-worker';
import { lockImport, requireImport } from '../manage-imports/find-import';

/** Key of the advisory lock of new imports. Arbitrary; unique among our advisory locks. */
const LOCK = 7_202_618;

/** Receives the file of an import, part by part. */
@Controller()
export class ReceiveFileController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly worker: ImportWorker,
  ) {}

  @RequestHandler(beginUserImport)
  begin(@Payload() { body, envelope }: VerifiedRequest<typeof beginUserImport>): Promise<UserImport> {
    return this.change(async (manager) => {
      const admin = await loadAdmin(manager, envelope);
      await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const open = await manager.query<{ count: number }[]>(
        `SELECT count(*)::int FROM user_imports
          WHERE state IN ('uploading', 'planning', 'needs_approval', 'applying', 'undoing')`,
      );
      if ((open[0]?.count ?? 0) >= userImportLimits.open) {
        const message = `${userImportLimits.open} imports are open. Approve or discard one first.`;
        throw new RequestRefusedError('conflict', message);
      }
      const id = randomUUID();
      await manager.insert(UserImportEntity, { id, state: 'uploading', format: body.format, requestedBy: admin.id });
      await recordAudit(manager, envelope, { action: 'user_import.upload', subject: id });
      return id;
    });
  }

  @RequestHandler(appendToUserImport)
  append(@Payload() { body, envelope }: VerifiedRequest<typeof appendToUserImport>): Promise<UserImport> {
    const { id, format, offset } = body;
    const content = Buffer.from(body.content, 'base64');
    return this.change(async (manager) => {
      await loadAdmin(manager, envelope);
      const row = await lockImport(manager, id);
      if (row.format !== format) throw new RequestRefusedError('conflict', 'The upload began in another format.');
      if (row.state !== 'uploading') throw new RequestRefusedError('conflict', 'The upload of this import has ended.');
      if (offset !== row.bytes) {
        if (await isRepeated(manager, id, offset, content)) return id;
        throw new RequestRefusedError('conflict', `The upload continues at offset ${row.bytes}.`);
      }
      const bytes = offset + content.length;
      if (bytes > userImportLimits.bytes) throw fileRefused('is larger than 128 MiB');
      if (content.length === 0) return id;
      await manager.query('INSERT INTO user_import_chunks (import_id, position, content) VALUES ($1, $2, $3)', [
        id,
        offset,
        content,
      ]);
      await manager.update(UserImportEntity, { id }, { bytes, updatedAt: new Date() });
      return id;
    });
  }

  @RequestHandler(finishUserImport)
  async finish(@Payload() { body, envelope }: VerifiedRequest<typeof finishUserImport>): Promise<UserImport> {
    const finished = await this.change(async (manager) => {
      await loadAdmin(manager, envelope);
      const row = await lockImport(manager, body.id);
      if (row.bytes !== body.bytes) {
        throw new RequestRefusedError(
          'conflict',
          `${row.bytes} bytes of the file have arrived. Continue at this offset.`,
        );
      }
      if (row.bytes === 0) throw fileRefused('is empty');
      if (row.state === 'uploading') {
        await manager.update(UserImportEntity, { id: row.id }, { state: 'planning', updatedAt: new Date() });
      }
      return row.id;
    });
    this.worker.wake();
    return finished;
  }

  /** Runs `work` in a transaction, and returns the import whose id it returns. */
  private change(work: (manager: EntityManager) => Promise<string>): Promise<UserImport> {
    return answerRequest(async () => {
      const id = await this.dataSource.transaction(work);
      return presentImport(await requireImport(this.dataSource.manager, id));
    });
  }
}

/** Whether the part has arrived before: its request was repeated because the reply was lost. */
async function isRepeated(manager: EntityManager, id: string, offset: number, content: Buffer): Promise<boolean> {
  const rows = await manager.query<unknown[]>(
    'SELECT FROM user_import_chunks WHERE import_id = $1 AND position = $2 AND content = $3',
    [id, offset, content],
  );
  return rows.length > 0;
}

/** The file is the body of the client's request. */
function fileRefused(message: string): RequestRefusedError {
  return new RequestRefusedError('invalid_request', `The file ${message}.`, { fields: [{ field: 'body', message }] });
}
