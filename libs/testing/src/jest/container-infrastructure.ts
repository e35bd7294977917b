import { randomBytes } from 'node:crypto';
import { requireContainerEngine } from '../containers/container';
import { ContainerReaper } from '../containers/container-reaper';
import { startNatsContainer } from '../containers/nats-container';
import { startPostgresContainer } from '../containers/postgres-container';
import { type TestInfrastructure } from './local-infrastructure';
import { natsTestAccounts } from './nats-test-accounts';
import { testVariables } from '../test-environment';

/** Starts the servers in containers, for `TEST_INFRA=testcontainers`. */
export async function startContainerInfrastructure(needed: {
  postgres: boolean;
  nats: boolean;
}): Promise<TestInfrastructure> {
  // Checks for a container engine even when `needed` names no server, because test files start containers of their own.
  await requireContainerEngine();
  // Disables the reaper of testcontainers, which needs another image and the socket of the engine. `ContainerReaper`
  // needs neither.
  process.env.TESTCONTAINERS_RYUK_DISABLED ??= 'true';
  const reaper = ContainerReaper.start();
  const stop = () => reaper.finish();
  const variables: Record<string, string> = {};

  const postgres = async () => {
    variables[testVariables.postgres] = await startPostgresContainer(randomBytes(24).toString('hex'));
  };
  const nats = async () => {
    const password = randomBytes(24).toString('hex');
    const { url } = await startNatsContainer({ accounts: natsTestAccounts(password), maxFileStore: '1TB' });
    variables[testVariables.nats] = url;
    variables[testVariables.natsPassword] = password;
  };
  const started = await Promise.allSettled([needed.postgres && postgres(), needed.nats && nats()]);
  const failure = started.find((result) => result.status === 'rejected');
  if (failure) {
    await stop().catch(() => undefined);
    throw failure.reason;
  }
  return { variables, stop };
}
