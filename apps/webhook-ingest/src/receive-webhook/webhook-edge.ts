import { ByteBudget, HttpEdge } from '@gatehouse/http-edge';
import { LOGGER, METRICS, withLogContext } from '@gatehouse/observability';
import { type BeforeApplicationShutdown, Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { type WebhookIngestConfig } from '../config';
import { BODY_LIMIT_BYTES } from '../record-webhook/delivery';
import { CONFIG } from '../tokens';
import { DeliveryMetrics } from './delivery-metrics';
import { ReceiveWebhook } from './receive-webhook';
import { RejectedDeliveries } from './rejected-deliveries';
import { rejectionFor } from './rejection-for';

/** The HTTP server for Clerk's webhooks. It listens when the service is ready for them. */
@Injectable()
export class WebhookEdge implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly edge: HttpEdge;

  constructor(
    receive: ReceiveWebhook,
    rejected: RejectedDeliveries,
    metrics: DeliveryMetrics,
    @Inject(CONFIG) private readonly config: Pick<WebhookIngestConfig, 'http' | 'maxBufferedBytes'>,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) registry: Registry,
  ) {
    // A share holds at least one body of the largest size.
    const budget = new ByteBudget(config.maxBufferedBytes, Math.max(config.maxBufferedBytes / 8, BODY_LIMIT_BYTES));
    new Gauge({
      name: 'gatehouse_ingest_buffered_bytes',
      help: 'Bytes of buffers for bodies that are being received or recorded, limited by MAX_BUFFERED_BYTES.',
      registers: [registry],
      collect() {
        this.set(budget.bytes);
      },
    });
    this.edge = new HttpEdge(
      {
        handle: (exchange) => receive.receive(exchange),
        explain: (error) => rejectionFor(error, log),
        rejected: (exchange, rejection) => rejected.note(exchange, rejection),
        dropped: (reason) => metrics.droppedConnections.inc({ reason }),
      },
      { logger: log, withContext: withLogContext, trustProxy: config.http.trustProxy, budget },
    );
  }

  async onApplicationBootstrap(): Promise<void> {
    await this.edge.listen(this.config.http.port, this.config.http.host);
    this.log.info({ url: this.url }, 'listening');
  }

  /** Answers the requests that are open or on their way. The transports, NATS and the database close afterwards. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.edge.close();
  }

  /** URL at which the edge listens; useful when the system chose the port. */
  get url(): string {
    return this.edge.url;
  }
}
