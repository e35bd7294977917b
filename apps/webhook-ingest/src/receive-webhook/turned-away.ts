import { type FastifyRequest } from 'fastify';
import { type IngestMetrics } from '../metrics';
import { type RejectedDeliveries } from './rejected-deliveries';
import { senderOf } from './sender';
import { readSvixHeaders } from './svix-headers';
import { isWebhookPath } from './webhook-paths';

/** Counts and notes every delivery that is turned away before it is recorded, in one place, whoever turned it away. */
export class TurnedAway {
  constructor(
    private readonly metrics: IngestMetrics,
    private readonly rejected: RejectedDeliveries,
  ) {}

  /** `reason` is a code of a closed set. Requests that are no deliveries are not counted. */
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
    this.rejected.note(
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
