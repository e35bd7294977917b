import { randomUUID } from 'node:crypto';
import { type ReplyOf, redriveEvents } from '@gatehouse/contracts';
import { RequestHandler, type VerifiedRequest, requireAdmin } from '@gatehouse/messaging';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { previewRedrive, redrivePage } from './redrive-page';

/** Redrives failed and ignored events for admins. */
@Controller()
export class RedriveEventsController {
  constructor(
    private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @RequestHandler(redriveEvents)
  async redrive(
    @Payload() { body, envelope }: VerifiedRequest<typeof redriveEvents>,
  ): Promise<ReplyOf<typeof redriveEvents>> {
    const { userId: actorUserId } = requireAdmin(envelope);
    const order = { id: body.redriveId ?? randomUUID(), actorUserId, requestId: envelope.rid };
    const { items, nextCursor } = body.dryRun
      ? await previewRedrive(this.dataSource, body)
      : await redrivePage(this.dataSource, body, order);
    if (!body.dryRun) failpoint('after-redrive');
    const redriven = items.filter(({ action }) => action === 'redrive').length;
    const counts = { redriven, skipped: items.length - redriven };
    this.log.info(
      { redriveId: order.id, actorUserId, dryRun: body.dryRun, filter: body.filter, ...counts },
      'events redriven',
    );
    const changed = !body.dryRun && (redriven > 0 || body.redriveId !== undefined);
    return { redriveId: changed ? order.id : null, dryRun: body.dryRun, ...counts, items, nextCursor };
  }
}
