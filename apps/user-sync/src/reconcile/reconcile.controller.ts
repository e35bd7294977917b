import {
  type ReconcileRun,
  type ReplyOf,
  approveReconcile,
  listReconcileUsers,
  listReconciles,
  showReconcile,
  startReconcile,
  undoReconcile,
} from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { DataSource } from 'typeorm';
import { TrustChangeAnnouncer } from '../trust-changes/trust-change-announcer';
import { answerRequest } from '../requests/answer-request';
import { ReconcileRunEntity } from '../database/reconcile-run.entity';
import { recordAudit } from '../audit/audit-log/record-audit';
import { PendingRedactions } from './pending-redactions';
import { ReconcileRuns, presentRun } from './reconcile-runs';
import { ReconcileWorker } from './reconcile-worker';
import { usersOfRun } from './users-of-run';

/** Lets admins start and watch reconcile runs, and approve or undo the deletions of a run. */
@Controller()
export class ReconcileController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly runs: ReconcileRuns,
    private readonly worker: ReconcileWorker,
    private readonly redactions: PendingRedactions,
    private readonly announcer: TrustChangeAnnouncer,
  ) {}

  @RequestHandler(listReconciles)
  list(@Payload() { body, envelope }: VerifiedRequest<typeof listReconciles>): Promise<ReplyOf<typeof listReconciles>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const runs = await this.dataSource.manager.find(ReconcileRunEntity, {
        order: { requestedAt: 'DESC' },
        take: body.limit,
      });
      return { items: await Promise.all(runs.map((run) => this.present(run))) };
    });
  }

  @RequestHandler(showReconcile)
  show(@Payload() { body, envelope }: VerifiedRequest<typeof showReconcile>): Promise<ReconcileRun> {
    requireAdmin(envelope);
    return answerRequest(() => this.find(body.id));
  }

  @RequestHandler(listReconcileUsers)
  listUsers(
    @Payload() { body, envelope }: VerifiedRequest<typeof listReconcileUsers>,
  ): Promise<ReplyOf<typeof listReconcileUsers>> {
    requireAdmin(envelope);
    return answerRequest(async () => usersOfRun(this.dataSource.manager, await this.row(body.id), body));
  }

  @RequestHandler(startReconcile)
  start(@Payload() { envelope }: VerifiedRequest<typeof startReconcile>): Promise<ReconcileRun> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const id = await this.dataSource.transaction(async (manager) => {
        const queued = await this.runs.queue('admin', manager);
        if (queued === null) throw new RequestRefusedError('conflict', 'a reconcile run is queued or running already');
        await recordAudit(manager, envelope, { action: 'reconcile.start', subject: queued });
        return queued;
      });
      this.worker.wake();
      return this.find(id);
    });
  }

  @RequestHandler(approveReconcile)
  approve(@Payload() { body, envelope }: VerifiedRequest<typeof approveReconcile>): Promise<ReconcileRun> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      await this.find(body.id);
      await this.dataSource.transaction(async (manager) => {
        const { affected } = await manager
          .createQueryBuilder()
          .update(ReconcileRunEntity)
          .set({ state: 'queued', approved: true, finishedAt: null, updatedAt: () => 'now()' })
          .where(`id = :id AND state = 'needs_approval'`, body)
          .andWhere(`NOT EXISTS (SELECT FROM reconcile_runs WHERE state IN ('queued', 'running'))`)
          .execute();
        if (affected !== 1)
          throw new RequestRefusedError(
            'conflict',
            'the reconcile run does not need an approval, or another run is queued or running',
          );
        await recordAudit(manager, envelope, { action: 'reconcile.approve', subject: body.id });
      });
      this.worker.wake();
      return this.find(body.id);
    });
  }

  @RequestHandler(undoReconcile)
  undo(@Payload() { body, envelope }: VerifiedRequest<typeof undoReconcile>): Promise<ReplyOf<typeof undoReconcile>> {
    requireAdmin(envelope);
    return answerRequest(async () => {
      const run = await this.find(body.id);
      if (run.state === 'running' || run.state === 'queued') {
        throw new RequestRefusedError('conflict', 'the reconcile run has not ended');
      }
      const restored = await this.dataSource.transaction(async (manager) => {
        await manager.update(ReconcileRunEntity, { id: body.id }, { state: 'undone', updatedAt: new Date() });
        await recordAudit(manager, envelope, {
          action: 'reconcile.undo',
          subject: body.id,
          details: { undoable: run.undoable },
        });
        return this.redactions.undo(manager, body.id);
      });
      void this.announcer.announce();
      return { run: await this.find(body.id), restored };
    });
  }

  private async find(id: string): Promise<ReconcileRun> {
    return this.present(await this.row(id));
  }

  private async row(id: string): Promise<ReconcileRunEntity> {
    const run = await this.dataSource.manager.findOneBy(ReconcileRunEntity, { id });
    if (run === null) throw new RequestRefusedError('not_found', 'This reconcile run does not exist.');
    return run;
  }

  private async present(run: ReconcileRunEntity): Promise<ReconcileRun> {
    return presentRun(run, await this.redactions.countOf(run.id));
  }
}
