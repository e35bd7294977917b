import { JetStream, NatsClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { createDataSource } from '@gatehouse/persistence';
import { Registry } from 'prom-client';
import { type DataSource } from 'typeorm';
import { StreamRelay } from '../src/stream-relay';
import { thingsSource } from './things-source';

const HOUR_MS = 3_600_000;

/** Servers of a relay. JSON, for a relay in a process of its own. */
export interface RelayServers {
  readonly databaseUrl: string;
  readonly nats: ConstructorParameters<typeof NatsClient>[0];
}

/** Times of a relay that differ from those of the other tests; milliseconds. */
export interface RelayPace {
  readonly pollMs?: number;
  readonly inspectMs?: number;
}

/** A relay with its connections. */
export interface StartedRelay {
  readonly relay: StreamRelay;
  readonly nats: NatsClient;
  readonly dataSource: DataSource;
  /** Whether it has found the stream to be complete. */
  readonly isSure: () => Promise<boolean>;
  /** Whether it has failed to publish a row. */
  readonly hasFailed: () => Promise<boolean>;
}

const log = createLogger({ service: 'relay-test', level: 'silent' });

/** The connections of a relay. */
export async function connectRelay({
  databaseUrl,
  nats: login,
}: RelayServers): Promise<Pick<StartedRelay, 'dataSource' | 'nats'>> {
  const dataSource = await createDataSource({
    url: databaseUrl,
    applicationName: 'relay-test',
    poolSize: 4,
    statementTimeoutMs: 10_000,
    entities: [],
    migrations: [],
  }).initialize();
  const nats = new NatsClient(login, log);
  await nats.start();
  return { dataSource, nats };
}

/** Starts a relay of the table `things`. */
export async function startRelay(servers: RelayServers, pace: RelayPace = {}): Promise<StartedRelay> {
  const { dataSource, nats } = await connectRelay(servers);
  const metrics = new Registry();
  const relay = new StreamRelay(
    { source: thingsSource, dataSource, nats, jetStream: new JetStream(nats, log), metrics, log },
    { pollMs: 20, inspectMs: 100, leaseMs: 2_000, refillMs: HOUR_MS, metricPrefix: 'gatehouse_test', ...pace },
  );
  relay.onApplicationBootstrap();
  const valueOf = async (name: string) =>
    Number(
      (await metrics.metrics())
        .split('\n')
        .find((line) => line.startsWith(`gatehouse_test_stream_${name} `))
        ?.split(' ')[1],
    );
  return {
    ...{ relay, nats, dataSource },
    isSure: async () => (await valueOf('complete')) === 1,
    hasFailed: async () => (await valueOf('publishes_total{result="failed"}')) > 0,
  };
}
