import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Leash,
  NatsServerNotFoundError,
  resolveNatsServer,
  startNatsServer,
  startPostgres,
  workspaceState,
} from '@gatehouse/local-stack';
import { natsTestAccounts } from './nats-test-accounts';
import { testVariables } from '../test-environment';

/** Servers for one Jest run, and how to end them. */
export interface TestInfrastructure {
  /** What the test files must find in their environment. */
  variables: Record<string, string>;
  stop(): Promise<void>;
}

/** One PostgreSQL and one nats-server on free ports, with their files in the system's temporary folder. */
export async function startLocalInfrastructure(needed: {
  postgres: boolean;
  nats: boolean;
}): Promise<TestInfrastructure> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  // Where PostgreSQL has to be another user, it passes through to the folder that is its own.
  chmodSync(directory, 0o711);
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const variables: Record<string, string> = {};
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(stops.map((end) => end()));
    rmSync(directory, { recursive: true, force: true, maxRetries: 5 });
    await leash.release();
  };

  const postgres = async () => {
    const server = await startPostgres({
      directory: join(directory, 'postgres'),
      logFile: join(directory, 'postgres.log'),
      superuserPassword: randomBytes(24).toString('hex'),
      durability: 'fast',
      leash,
    });
    stops.push(server.stop);
    variables[testVariables.postgres] = server.adminUrl;
  };
  const nats = async () => {
    // A developer's NATS_URL must not lead to tests that empty a developer's streams.
    const { NATS_URL: _, ...env } = process.env;
    const program = await resolveNatsServer({
      env,
      stateDirectory: workspaceState(),
      onProgress: (message) => process.stderr.write(`${message}\n`),
    });
    if (program.kind !== 'program') throw new NatsServerNotFoundError('Tests need a nats-server program.');
    variables[testVariables.natsProgram] = program.path;
    if (!needed.nats) return;
    const password = randomBytes(24).toString('hex');
    const server = await startNatsServer({
      program,
      directory: join(directory, 'nats'),
      logFile: join(directory, 'nats-server.log'),
      accounts: natsTestAccounts(password),
      // Reservations are summed up over all accounts and must not meet the size of this machine's disk.
      maxFileStore: '1TB',
      leash,
    });
    stops.push(server.stop);
    variables[testVariables.nats] = server.url;
    variables[testVariables.natsPassword] = password;
  };
  const started = await Promise.allSettled([needed.postgres ? postgres() : undefined, nats()]);
  const failure = started.find((result) => result.status === 'rejected');
  if (failure) {
    await stop();
    throw failure.reason;
  }
  return { variables, stop };
}
