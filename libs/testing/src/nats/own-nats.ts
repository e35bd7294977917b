import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../local-servers/free-port';
import { Leash } from '../local-servers/leash';
import { type NatsUser } from '../local-servers/nats-config';
import { natsVersion, resolveNatsServer } from '../local-servers/nats-resolution';
import { startNatsServer, type NatsServer } from '../local-servers/nats-server';
import { workspaceState } from '../local-servers/workspace';
import { NatsServerNotFoundError } from '../errors';
import { testVariables } from '../jest/test-environment';

/** A nats-server of one test file's own, which may be stopped, started again and robbed of its store. */
export interface OwnNats {
  url: string;
  users: readonly NatsUser[];
  /** Orderly. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same port with what is left of its store. */
  start(): Promise<void>;
  /** Deletes all streams and consumers; only while it is stopped. */
  loseStore(): void;
  /** Stops it for good and removes its files. */
  dispose(): Promise<void>;
}

/** Starts a nats-server for this test file alone: for outages, lost streams and permissions. */
export async function startOwnNats(options: { users?: readonly NatsUser[] } = {}): Promise<OwnNats> {
  const users = options.users ?? [{ user: 'test', password: 'test' }];
  const program = await findProgram();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-nats-'));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const port = await freePort();
  const run = () =>
    startNatsServer({ program, users, directory, port, logFile: join(directory, 'nats-server.log'), leash });
  let server: NatsServer | undefined = await run();
  return {
    url: `nats://127.0.0.1:${port}`,
    users,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async kill() {
      await server?.process.kill();
      server = undefined;
    },
    async start() {
      server ??= await run();
    },
    loseStore() {
      rmSync(join(directory, 'jetstream'), { recursive: true, force: true });
    },
    async dispose() {
      await server?.stop();
      server = undefined;
      rmSync(directory, { recursive: true, force: true });
      await leash.release();
    },
  };
}

/** The one that global setup found; with containers it looked for none. */
async function findProgram(): Promise<{ path: string; version: string }> {
  const { [testVariables.natsProgram]: path, NATS_URL: _, ...env } = process.env;
  if (path) return { path, version: await natsVersion(path) };
  const found = await resolveNatsServer({ env, stateDirectory: workspaceState() });
  if (found.kind !== 'program') throw new NatsServerNotFoundError('This test needs a nats-server program.');
  return found;
}
