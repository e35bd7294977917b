import { randomUUID } from 'node:crypto';
import { type EnvelopeClaims, type ReplyOf, redriveEvents } from '@gatehouse/contracts';
import { RequestHandler, RequestRefusedError, requireAdmin, type VerifiedRequest } from '@gatehouse/messaging';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { previewRedrive, redrive } from './redrive';

/** Begins failed and ignored events anew, for operators. */
@Controller()
export class RedriveEventsController {
  constructor(
    @Inject(DataSource) private readonly dataSource: DataSource,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  @RequestHandler(redriveEvents)
  async redrive(
    @Payload() { body, envelope }: VerifiedRequest<typeof redriveEvents>,
  ): Promise<ReplyOf<typeof redriveEvents>> {
    requireAdmin(envelope);
    const order = { id: body.redriveId ?? randomUUID(), actorUserId: actorOf(envelope), requestId: envelope.rid };
    const { items, nextCursor } = body.dryRun
      ? await previewRedrive(this.dataSource, body)
      : await redrive(this.dataSource, body, order);
    if (!body.dryRun) failpoint('after-redrive');
    const redriven = items.filter(({ action }) => action === 'redrive').length;
    const counts = { redriven, skipped: items.length - redriven };
    this.log.info(
      { redriveId: order.id, actorUserId: order.actorUserId, dryRun: body.dryRun, filter: body.filter, ...counts },
      'redrive',
    );
    const changed = !body.dryRun && (redriven > 0 || body.redriveId !== undefined);
    return { redriveId: changed ? order.id : null, dryRun: body.dryRun, ...counts, items, nextCursor };
  }
}

function actorOf({ principal }: EnvelopeClaims): string {
  if (principal === null) throw new RequestRefusedError('forbidden', 'nobody asks');
  return principal.userId;
}
