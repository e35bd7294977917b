import { cameOverHttps, clientAddress, failpoint } from '@gatehouse/observability';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type Config } from '../config';
import { storableText } from '../database/storable-text';
import { DeliveryRefusedError } from '../errors';
import { IngestMetrics } from '../metrics';
import { EventPublisher } from '../publish-event/event-publisher';
import { type Delivery } from '../record-webhook/delivery';
import { Ledger } from '../record-webhook/ledger';
import { CONFIG } from '../tokens';
import { readEvent } from './read-event';
import { RejectedDeliveries } from './rejected-deliveries';
import { webhookPaths } from './webhook-paths';
import { readSvixHeaders } from './svix-headers';
import { type SvixHeaders, type Verification, verifySignature } from './verify-signature';

/** What Clerk is told of a delivery that was taken. */
export interface ReceiveReply {
  readonly status: 'accepted' | 'duplicate' | 'ignored' | 'redriven';
  readonly reason?: string;
}

const MAX_ADDRESS = 64;
const MAX_USER_AGENT = 512;

/** Takes Clerk's webhooks: verified before they are parsed, answered after they are recorded. */
@Controller()
export class ReceiveWebhookController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(Ledger) private readonly ledger: Ledger,
    @Inject(EventPublisher) private readonly publisher: EventPublisher,
    @Inject(RejectedDeliveries) private readonly rejected: RejectedDeliveries,
    @Inject(IngestMetrics) private readonly metrics: IngestMetrics,
  ) {}

  @Post(webhookPaths)
  @HttpCode(200)
  async receive(@Req() request: FastifyRequest): Promise<ReceiveReply> {
    if (this.config.http.requireHttps && !cameOverHttps(request)) {
      throw new DeliveryRefusedError(403, 'https_required', 'Webhooks are taken over HTTPS only.');
    }
    const { body } = request;
    if (!Buffer.isBuffer(body)) {
      throw new DeliveryRefusedError(415, 'unsupported_media_type', 'The body must be application/json.');
    }
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
    this.refuse(request, headers, body, reason);
    if (signedBy === undefined) {
      throw new DeliveryRefusedError(400, reason, 'The delivery does not verify.');
    }
    this.metrics.badTimestamps.inc({ secret: signedBy });
    throw new DeliveryRefusedError(400, reason, 'The timestamp is more than five minutes from the present.');
  }

  private refuse(request: FastifyRequest, headers: SvixHeaders, body: Buffer, reason: string): void {
    this.metrics.deliveries.inc({ result: 'refused' });
    this.metrics.refusals.inc({ reason });
    request.logged = { result: 'refused', reason };
    this.rejected.note(
      {
        reason,
        webhookId: headers.id[0],
        webhookTimestamp: headers.timestamp[0],
        correlationId: request.id,
        body,
        ...senderOf(request),
      },
      Date.now(),
    );
  }

  private async record(delivery: Delivery, request: FastifyRequest): Promise<ReceiveReply> {
    failpoint('before-record');
    const recorded = await this.ledger.record(delivery).catch((error: unknown) => {
      this.metrics.deliveries.inc({ result: 'unavailable' });
      throw error;
    });
    failpoint('after-record');
    const { webhookId, eventType, ignored } = delivery;
    const asNew = ignored === undefined ? 'accepted' : 'ignored';
    const status = recorded.result === 'recorded' ? asNew : recorded.result;
    this.metrics.deliveries.inc({ result: status });
    request.logged = {
      ...{ webhookId, eventType, result: status },
      ...(recorded.result === 'redriven' && { redriveId: recorded.redriveId }),
    };
    if (recorded.result === 'recorded' && ignored === undefined) {
      const { id, receivedAt } = recorded;
      this.publisher.offer({ ...delivery, id, receivedAt, attempt: 0, publishNumber: 1 });
    }
    return status === 'ignored' && ignored !== undefined ? { status, reason: ignored.decision } : { status };
  }
}

function senderOf(request: FastifyRequest): { sourceIp: string | null; userAgent: string | null } {
  const userAgent = request.headers['user-agent'];
  return {
    sourceIp: request.ip ? storableText(clientAddress(request.ip) ?? request.ip, MAX_ADDRESS) : null,
    userAgent: userAgent === undefined ? null : storableText(userAgent, MAX_USER_AGENT),
  };
}
