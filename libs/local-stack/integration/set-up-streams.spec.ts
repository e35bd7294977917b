import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsAccounts } from '@gatehouse/contracts';
import { type JetStreamManager, StorageType, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import {
  type NatsServer,
  PATIENCE_MS,
  resolveNatsServer,
  startNatsServer,
  workspaceRoot,
  workspaceState,
} from '../src';
import { setUpStreams, setupEnvironment } from '../src/stack/set-up-streams';

describe('the step of npm start that sets up the streams', () => {
  let directory: string;
  let server: NatsServer;
  let connection: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-streams-'));
    const operator = { user: 'operator', password: 'right' };
    server = await startNatsServer({
      program: await natsProgram(),
      directory: join(directory, 'nats'),
      logFile: join(directory, 'nats.log'),
      accounts: natsAccounts(() => 'right', [operator]),
    });
    connection = await connect({ servers: server.url, user: operator.user, pass: operator.password });
    manager = await jetstreamManager(connection, { timeout: PATIENCE_MS });
  });
  afterAll(async () => {
    await connection?.close();
    await server?.stop();
    rmSync(directory, { recursive: true, force: true });
  });

  const setUp = (recreate: boolean) =>
    setUpStreams({
      root: workspaceRoot(),
      environment: setupEnvironment({ NATS_URL: server.url }, 'right'),
      logFile: join(directory, 'nats-setup.log'),
      recreate,
    });

  it('replaces a stream that NATS refuses to change only on a server of its own', async () => {
    const storage = async () => (await manager.streams.info('CLERK_EVENTS')).config.storage;
    await manager.streams.add({ name: 'CLERK_EVENTS', subjects: ['clerk.events.>'], storage: StorageType.Memory });

    await expect(setUp(false)).rejects.toMatchObject({
      code: 'STREAM_SETUP_FAILED',
      lastLines: expect.arrayContaining([
        expect.stringMatching(/^nats-setup failed: the stream CLERK_EVENTS differs from its contract in storage/),
      ]) as string[],
    });
    expect(await storage()).toBe(StorageType.Memory);

    await setUp(true);
    expect(await storage()).toBe(StorageType.File);
  });
});

/** The nats-server that the global setup found. In a run with containers it has found none. */
async function natsProgram(): Promise<{ path: string; version: string }> {
  const { GATEHOUSE_TEST_NATS_BIN: found, NATS_URL: _, ...env } = process.env;
  const search = { env: found ? { ...env, NATS_SERVER_BIN: found } : env, stateDirectory: workspaceState() };
  const resolution = await resolveNatsServer(search);
  if (resolution.kind !== 'program') throw new Error('NATS_URL is not set, so a program is found');
  return resolution;
}
