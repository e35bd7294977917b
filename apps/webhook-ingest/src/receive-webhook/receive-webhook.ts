import { type Exchange, countedAddress } from '@gatehouse/http-edge';
import { failpoint } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type WebhookIngestConfig } from '../config';
import { DeliveryRejectedError } from '../errors';
import { EventPublisher } from '../publish-event/event-publisher';
import { BODY_LIMIT_BYTES, type Delivery } from '../record-webhook/delivery';
import { Ledger } from '../record-webhook/ledger';
import { CONFIG } from '../tokens';
import { checkHead } from './check-head';
import { DeliveryMetrics } from './delivery-metrics';
import { readEvent } from './read-event';
import { senderOf } from './sender';
import { type SvixHeaders } from './svix-headers';
import { type Verification, verifySignature } from './verify-signature';
import { webhookPath } from './webhook-paths';

/** Response to a delivery with a valid signature. */
interface ReceiveReply {
  readonly status: 'accepted' | 'duplicate' | 'ignored' | 'redriven';
  readonly reason?: string;
}

/**
 * Receives Clerk's webhooks: judges the head of each request before its body is read, verifies each delivery before
 * parsing its body, and answers after the delivery is recorded.
 */
@Injectable()
export class ReceiveWebhook {
  constructor(
    private readonly ledger: Ledger,
    private readonly publisher: EventPublisher,
    private readonly metrics: DeliveryMetrics,
    @Inject(CONFIG) private readonly config: Pick<WebhookIngestConfig, 'signingSecrets' | 'http'>,
  ) {}

  /** Answers one request. @throws DeliveryRejectedError, LedgerUnavailableError, RequestRejectedError */
  async receive(exchange: Exchange): Promise<void> {
    exchange.route = webhookPath(exchange.url) ?? exchange.route;
    if (this.config.http.requireHttps && !exchange.sawHttps) {
      throw new DeliveryRejectedError(403, 'https_required', 'Webhooks are accepted over HTTPS only.');
    }
    const headers = checkHead(exchange.request);
    // Anyone can send a body: its signature is verified when all of it has arrived.
    const body = await exchange.readBody(BODY_LIMIT_BYTES, countedAddress(exchange.clientAddress));
    const { webhookId, sentAt, signedBy } = this.verify(headers, body);
    const delivery: Delivery = {
      ...readEvent(body),
      webhookId,
      sentAt,
      signingSecret: signedBy,
      correlationId: exchange.id,
      ...senderOf(exchange),
    };
    exchange.sendJson(200, await this.record(delivery, exchange));
  }

  private verify(headers: SvixHeaders, body: Buffer): Extract<Verification, { ok: true }> {
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

  private async record(delivery: Delivery, exchange: Exchange): Promise<ReceiveReply> {
    failpoint('before-record');
    const recorded = await this.ledger.record(delivery);
    failpoint('after-record');
    const { webhookId, eventType, ignored } = delivery;
    const statusIfNew = ignored === undefined ? 'accepted' : 'ignored';
    const status = recorded.result === 'recorded' ? statusIfNew : recorded.result;
    this.metrics.deliveries.inc({ result: status });
    exchange.logged = {
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
