import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { natsAccounts, testVariable, testVariables } from '../test-environment';

/** Generous: deleting a stream deletes files, on a machine that may be busy. */
const TIMEOUT_MS = 20_000;

/** What one test file needs to use NATS. */
export interface TestNats {
  /** Without credentials. */
  url: string;
  user: string;
  password: string;
  /** For `connect`; a fresh object each time. */
  connectionOptions(): NodeConnectionOptions;
  /** Unique; for names of streams, durables and subjects that others must not meet. */
  prefix: string;
  /** True when this file has an account of its own, where any stream name is free to use. */
  isolated: boolean;
  /** A connection that `cleanup` closes. */
  connect(options?: NodeConnectionOptions): Promise<NatsConnection>;
  /** Closes those connections and deletes the streams: all of the own account's, or those with the prefix. */
  cleanup(): Promise<void>;
}

/**
 * NATS for one test file. Each Jest worker has an account of its own on the shared server, emptied here: streams and
 * subjects keep their production names and files still do not meet.
 */
export async function testNats(): Promise<TestNats> {
  const server = new URL(testVariable('nats'));
  const password = process.env[testVariables.natsPassword];
  const isolated = password !== undefined;
  const user = isolated ? `test${accountNumber()}` : decodeURIComponent(server.username);
  const secret = password ?? decodeURIComponent(server.password);
  const url = `nats://${server.host}`;
  const prefix = `t${randomBytes(5).toString('hex')}`;
  const connections: NatsConnection[] = [];
  const connectionOptions = () => ({ servers: url, ...(user ? { user, pass: secret } : {}) });

  const deleteStreams = async () => {
    const connection = await connect({ ...connectionOptions(), reconnect: false, timeout: TIMEOUT_MS });
    try {
      const manager = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
      for await (const name of manager.streams.names()) {
        if (isolated || name.startsWith(prefix)) await manager.streams.delete(name);
      }
    } finally {
      await connection.close();
    }
  };
  if (isolated) await deleteStreams();
  return {
    url,
    user,
    password: secret,
    connectionOptions,
    prefix,
    isolated,
    async connect(options = {}) {
      const connection = await connect({ ...connectionOptions(), timeout: TIMEOUT_MS, ...options });
      connections.push(connection);
      return connection;
    },
    async cleanup() {
      await Promise.all(connections.splice(0).map((connection) => connection.close()));
      await deleteStreams();
    },
  };
}

/** A worker runs one file at a time. */
function accountNumber(): number {
  return ((Number(process.env.JEST_WORKER_ID ?? 1) - 1) % natsAccounts) + 1;
}
