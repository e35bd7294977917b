import { Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { DeliveryMetrics } from './delivery-metrics';
import { RejectedDeliveryLog } from './rejected-delivery-log';
import { senderOf } from './sender';
import { readSvixHeaders } from './svix-headers';
import { isWebhookPath } from './webhook-paths';

/** Counts and logs every delivery that is rejected before it is recorded. */
@Injectable()
export class RejectedDeliveries {
  constructor(
    private readonly metrics: DeliveryMetrics,
    private readonly rejected: RejectedDeliveryLog,
  ) {}

  /**
   * Counts and logs a rejected delivery; does nothing for a request that is not a delivery. `reason` is one of a fixed
   * set of codes.
   */
  note(request: FastifyRequest, status: number, reason: string): void {
    const headers = readSvixHeaders(request.raw.rawHeaders);
    const isSigned = [headers.id, headers.timestamp, headers.signature].some(({ length }) => length > 0);
    if (!isSigned && !(request.method === 'POST' && isWebhookPath(request.url))) return;
    this.metrics.refusals.inc({ reason });
    const result = status < 500 ? 'refused' : 'unavailable';
    this.metrics.deliveries.inc({ result });
    request.logged ??= { result, reason };
    if (status >= 500) return;
    const body = Buffer.isBuffer(request.body) ? request.body : undefined;
    this.rejected.add(
      {
        reason,
        webhookId: headers.id[0],
        webhookTimestamp: headers.timestamp[0],
        correlationId: request.id,
        body,
        declaredLength: Number(request.headers['content-length'] ?? 0) || 0,
        ...senderOf(request),
      },
      Date.now(),
    );
  }
}
