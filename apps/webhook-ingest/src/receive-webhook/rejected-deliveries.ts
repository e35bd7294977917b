import { type Exchange, type Rejection } from '@gatehouse/http-edge';
import { Injectable } from '@nestjs/common';
import { DeliveryMetrics } from './delivery-metrics';
import { RejectedDeliveryLog } from './rejected-delivery-log';
import { senderOf } from './sender';
import { readSvixHeaders } from './svix-headers';
import { webhookPath } from './webhook-paths';

/** Counts and logs every delivery that is rejected before it is recorded. */
@Injectable()
export class RejectedDeliveries {
  constructor(
    private readonly metrics: DeliveryMetrics,
    private readonly rejected: RejectedDeliveryLog,
  ) {}

  /** Counts and logs a rejected delivery; does nothing for a request that is not a delivery. */
  note(exchange: Exchange, rejection: Rejection): void {
    const { request, method, url } = exchange;
    const headers = readSvixHeaders(request.rawHeaders);
    const isSigned = [headers.id, headers.timestamp, headers.signature].some(({ length }) => length > 0);
    if (!isSigned && !(method === 'POST' && webhookPath(url) !== undefined)) return;
    const reason = rejection.reason ?? rejection.code;
    this.metrics.refusals.inc({ reason });
    const result = rejection.status < 500 ? 'refused' : 'unavailable';
    this.metrics.deliveries.inc({ result });
    exchange.logged ??= { result, reason };
    if (rejection.status >= 500) return;
    this.rejected.add(
      {
        reason,
        webhookId: headers.id[0],
        webhookTimestamp: headers.timestamp[0],
        correlationId: exchange.id,
        body: exchange.receivedBody,
        declaredLength: Number(request.headers['content-length'] ?? 0) || 0,
        ...senderOf(exchange),
      },
      Date.now(),
    );
  }
}
