import { LOGGER, METRICS } from '@gatehouse/observability';
import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { Histogram, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type WebhookIngestConfig } from '../config';
import { CONFIG } from '../tokens';
import { BodyPartitions } from './body-partitions';
import { insertDeliveries } from './insert-deliveries';
import { Ledger } from './ledger';

/** Writes deliveries to the ledger, in groups, and creates the partitions for their bodies. */
@Module({
  providers: [
    BodyPartitions,
    {
      provide: Ledger,
      inject: [DataSource, CONFIG, LOGGER, METRICS],
      useFactory: (dataSource: DataSource, config: WebhookIngestConfig, log: Logger, registry: Registry) => {
        const groupRows = new Histogram({
          name: 'gatehouse_ingest_group_rows',
          help: 'Deliveries that were recorded in one transaction.',
          buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
          registers: [registry],
        });
        return new Ledger(
          (deliveries) => insertDeliveries(dataSource, deliveries, config.retry.maxRetries),
          log,
          (rows) => groupRows.observe(rows),
        );
      },
    },
  ],
  exports: [Ledger],
})
export class RecordWebhookModule {}
