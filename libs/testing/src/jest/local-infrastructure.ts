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
import { namedNatsPrograms } from '../nats/nats-programs';
import { natsTestAccounts } from './nats-test-accounts';
import { testVariables } from '../test-environment';

/** The servers of one Jest run. */
export interface TestInfrastructure {
  /** Environment variables for the test files. */
  variables: Record<string, string>;
  stop(): Promise<void>;
}

/** Starts PostgreSQL and nats-server on free ports, with their files in the temporary folder of the system. */
export async function startLocalInfrastructure(needed: {
  postgres: boolean;
  nats: boolean;
}): Promise<TestInfrastructure> {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-test-'));
  // If PostgreSQL runs as another user, that user must pass through this folder to reach the folder of PostgreSQL.
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
    // Ignores NATS_URL, so that tests never delete the streams of a developer's own server.
    const { NATS_URL: _, ...env } = process.env;
    const [first] = namedNatsPrograms();
    const program = await resolveNatsServer({
      env: { ...env, NATS_SERVER_BIN: first },
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
      // The streams of all accounts together may reserve more storage than the disk of this machine has.
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
