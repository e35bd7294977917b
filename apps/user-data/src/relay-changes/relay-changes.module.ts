import { metricPrefix } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, METRICS } from '@gatehouse/observability';
import { StreamRelay } from '@gatehouse/relay';
import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Registry } from 'prom-client';
import { type DataSource } from 'typeorm';
import { type UserDataConfig } from '../config';
import { CONFIG, SERVICE_NAME, WORKER_DATA_SOURCE } from '../tokens';
import { GatheredWake } from './gathered-wake';
import { OwnedSource } from './owned-source';
import { TombstoneSweeper } from './tombstone-sweeper';

/** A change that this process commits wakes its relay. The poll finds those of others; milliseconds. */
const PACE = { pollMs: 500, inspectMs: 2_000, leaseMs: 30_000 };

/** Publishes what users own on `GATEHOUSE_DATA`. */
@Module({
  providers: [
    {
      provide: StreamRelay,
      inject: [WORKER_DATA_SOURCE, NatsClient, JetStream, METRICS, LOGGER, CONFIG],
      useFactory: (
        dataSource: DataSource,
        nats: NatsClient,
        jetStream: JetStream,
        metrics: Registry,
        log: Logger,
        { dataStreamRefillMs }: UserDataConfig,
      ) =>
        new StreamRelay(
          { source: new OwnedSource(), dataSource, nats, jetStream, metrics, log },
          { ...PACE, refillMs: dataStreamRefillMs, metricPrefix: metricPrefix(SERVICE_NAME) },
        ),
    },
    GatheredWake,
    TombstoneSweeper,
  ],
  exports: [StreamRelay, GatheredWake],
})
export class RelayChangesModule {}
