import { failpoint } from '@gatehouse/observability';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config';
import { DeliveryRefusedError } from '../errors';
import { IngestMetrics } from '../metrics';
import { EventPublisher } from '../publish-event/event-publisher';
import { type Delivery } from '../record-webhook/delivery';
import { Ledger } from '../record-webhook/ledger';
import { CONFIG } from '../tokens';
import { readEvent } from './read-event';
import { webhookPaths } from './webhook-paths';
import { senderOf } from './sender';
import { readSvixHeaders } from './svix-headers';
import { type Verification, verifySignature } from './verify-signature';

/** What Clerk is told of a delivery that was taken. */
export interface ReceiveReply {
  readonly status: 'accepted' | 'duplicate' | 'ignored' | 'redriven';
  readonly reason?: string;
}

/** Takes Clerk's webhooks: verified before they are parsed, answered after they are recorded. */
@Controller()
export class ReceiveWebhookController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(IngestMetrics) private readonly metrics: IngestMetrics,
  ) {}

  @Post(webhookPaths)
  @HttpCode(200)
  async receive(@Req() request: FastifyRequest): Promise<ReceiveReply> {
    try {
      return await this.take(request, Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0));
    } finally {
      request.releaseBody?.();
    }
  }

  private async take(request: FastifyRequest, body: Buffer): Promise<ReceiveReply> {
    const { webhookId, sentAt, signedBy } = this.verify(request, body);
    const delivery: Delivery = {
      ...readEvent(body),
      webhookId,
      sentAt,
      signingSecret: signedBy,
      correlationId: request.id,
      ...senderOf(request),
    };
    return this.record(delivery, request);
  }

  private verify(request: FastifyRequest, body: Buffer): Extract<Verification, { ok: true }> {
    const headers = readSvixHeaders(request.raw.rawHeaders);
    const verification = verifySignature(this.config.signingSecrets, headers, body, Date.now());
    if (verification.ok) {
      this.metrics.verified.inc({ secret: verification.signedBy });
      return verification;
    }
    const { reason, signedBy } = verification;
    if (signedBy === undefined) {
      throw new DeliveryRefusedError(400, reason, 'The delivery does not verify.');
    }
    this.metrics.badTimestamps.inc({ secret: signedBy });
    throw new DeliveryRefusedError(400, reason, 'The timestamp is more than five minutes from the present.');
  }

  private async record(delivery: Delivery, request: FastifyRequest): Promise<ReceiveReply> {
    failpoint('before-record');
    const recorded = await this.ledger.record(delivery);
    failpoint('after-record');
    const { webhookId, eventType, ignored } = delivery;
    const asNew = ignored === undefined ? 'accepted' : 'ignored';
    const status = recorded.result === 'recorded' ? asNew : recorded.result;
    this.metrics.deliveries.inc({ result: status });
    request.logged = {
      webhookId,
      eventType,
      result: status,
      ...(recorded.result === 'redriven' && { redriveId: recorded.redriveId }),
    };
    if (recorded.result === 'recorded' && ignored === undefined) {
      const { id, receivedAt } = recorded;
      this.publisher.offer({ ...delivery, id, receivedAt, attempt: 0, publishNumber: 1 });
    }
    return status === 'ignored' && ignored !== undefined ? { status, reason: ignored.decision } : { status };
  }
}
