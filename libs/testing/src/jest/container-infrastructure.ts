import { randomBytes } from 'node:crypto';
import { natsConfigText } from '../local-servers/nats-config';
import { type TestInfrastructure } from './local-infrastructure';
import { natsTestAccounts } from './nats-test-accounts';
import { testVariables } from './test-environment';

/** The same servers in containers, for `TEST_INFRA=testcontainers`; TEST_POSTGRES_IMAGE and TEST_NATS_IMAGE name others. */
export async function startContainerInfrastructure(): Promise<TestInfrastructure> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const password = randomBytes(24).toString('hex');
  const natsConfig = natsConfigText({
    // Settings that 2.9 refuses are not used here.
    version: '2.9.0',
    host: '0.0.0.0',
    port: 4222,
    storeDirectory: '/tmp/jetstream',
    accounts: natsTestAccounts(password),
    maxFileStore: '1TB',
  });
  const [postgres, nats] = await Promise.all([
    new GenericContainer(process.env.TEST_POSTGRES_IMAGE || 'postgres:18-alpine')
      .withEnvironment({ POSTGRES_PASSWORD: password })
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'synchronous_commit=off', '-c', 'max_connections=300'])
      .withExposedPorts(5432)
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
      .withStartupTimeout(120_000)
      .start(),
    new GenericContainer(process.env.TEST_NATS_IMAGE || 'nats:2.14-alpine')
      .withCopyContentToContainer([{ content: natsConfig, target: '/etc/gatehouse/nats-server.conf', mode: 0o644 }])
      .withCommand(['--config', '/etc/gatehouse/nats-server.conf'])
      .withExposedPorts(4222)
      .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
      .withStartupTimeout(120_000)
      .start(),
  ]);
  return {
    variables: {
      [testVariables.postgres]: `postgres://postgres:${password}@${postgres.getHost()}:${postgres.getMappedPort(5432)}/postgres`,
      [testVariables.nats]: `nats://${nats.getHost()}:${nats.getMappedPort(4222)}`,
      [testVariables.natsPassword]: password,
    },
    stop: async () => void (await Promise.all([postgres.stop(), nats.stop()])),
  };
}
