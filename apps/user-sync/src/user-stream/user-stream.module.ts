import { metricPrefix } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, METRICS } from '@gatehouse/observability';
import { StreamRelay, wakeAfterCommit } from '@gatehouse/relay';
import { Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type UserSyncConfig } from '../config';
import { CONFIG, SERVICE_NAME } from '../tokens';
import { usersSource } from './users-source';

/** Owns the stream of user changes: keeps it equal to the users table. */
@Module({
  providers: [
    {
      provide: StreamRelay,
      inject: [CONFIG, DataSource, NatsClient, JetStream, METRICS, LOGGER],
      useFactory: (
        { intervals, userStreamRefillMs }: Pick<UserSyncConfig, 'intervals' | 'userStreamRefillMs'>,
        dataSource: DataSource,
        nats: NatsClient,
        jetStream: JetStream,
        metrics: Registry,
        log: Logger,
      ) => {
        const parts = { source: usersSource, dataSource, nats, jetStream, metrics, log };
        const relay = new StreamRelay(parts, {
          pollMs: intervals.userStreamPoll,
          inspectMs: intervals.userStreamInspection,
          leaseMs: intervals.userStreamLease,
          refillMs: userStreamRefillMs,
          metricPrefix: metricPrefix(SERVICE_NAME),
        });
        wakeAfterCommit(dataSource, relay);
        return relay;
      },
    },
  ],
})
export class UserStreamModule {}
