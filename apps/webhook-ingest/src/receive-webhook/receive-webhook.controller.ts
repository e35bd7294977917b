import { failpoint } from '@gatehouse/observability';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type WebhookIngestConfig } from '../config';
import { DeliveryRejectedError } from '../errors';
import { EventPublisher } from '../publish-event/event-publisher';
import { type Delivery } from '../record-webhook/delivery';
import { Ledger } from '../record-webhook/ledger';
import { CONFIG } from '../tokens';
import { DeliveryMetrics } from './delivery-metrics';
import { readEvent } from './read-event';
import { senderOf } from './sender';
import { readSvixHeaders } from './svix-headers';
import { type Verification, verifySignature } from './verify-signature';
import { webhookPaths } from './webhook-paths';

/** Response to a delivery with a valid signature. */
export interface ReceiveReply {
  readonly status: 'accepted' | 'duplicate' | 'ignored' | 'redriven';
  readonly reason?: string;
}

/**
 * Receives Clerk's webhooks: verifies each delivery before parsing its body, and answers after the delivery is
 * recorded.
 */
@Controller()
export class ReceiveWebhookController {
  constructor(
    private readonly ledger: Ledger,
    private readonly publisher: EventPublisher,
    private readonly metrics: DeliveryMetrics,
    @Inject(CONFIG) private readonly config: Pick<WebhookIngestConfig, 'signingSecrets'>,
  ) {}

  @Post(webhookPaths)
  @HttpCode(200)
  async receive(@Req() request: FastifyRequest): Promise<ReceiveReply> {
    try {
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const { webhookId, sentAt, signedBy } = this.verify(request, body);
      const delivery: Delivery = {
        ...readEvent(body),
        webhookId,
        sentAt,
        signingSecret: signedBy,
        correlationId: request.id,
        ...senderOf(request),
      };
      return await this.record(delivery, request);
    } finally {
      request.releaseBody?.();
    }
  }

  private verify(request: FastifyRequest, body: Buffer): Extract<Verification, { ok: true }> {
    const headers = readSvixHeaders(request.raw.rawHeaders);
    const verification = verifySignature(this.config.signingSecrets.current, headers, body, Date.now());
    if (verification.ok) {
      this.metrics.verified.inc({ secret: verification.signedBy });
      return verification;
    }
    const { reason, signedBy } = verification;
    if (signedBy === undefined) throw new DeliveryRejectedError(400, reason, 'The signature is not valid.');
    this.metrics.badTimestamps.inc({ secret: signedBy });
    throw new DeliveryRejectedError(400, reason, 'The timestamp differs from the current time by more than 5 minutes.');
  }

  private async record(delivery: Delivery, request: FastifyRequest): Promise<ReceiveReply> {
    failpoint('before-record');
    const recorded = await this.ledger.record(delivery);
    failpoint('after-record');
    const { webhookId, eventType, ignored } = delivery;
    const statusIfNew = ignored === undefined ? 'accepted' : 'ignored';
    const status = recorded.result === 'recorded' ? statusIfNew : recorded.result;
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
