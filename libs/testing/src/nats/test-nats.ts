import { PATIENCE_MS } from '@gatehouse/local-stack';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, type NodeConnectionOptions } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { natsAccountCount, testVariable, testVariables } from '../test-environment';

/** NATS for one test file. */
export interface TestNats {
  /** URL without credentials. */
  url: string;
  user: string;
  password: string;
  /** Options for `connect`; a new object at each call. */
  connectionOptions(): NodeConnectionOptions;
  /** Unique prefix for names of streams, durables and subjects. */
  prefix: string;
  /**
   * Whether this file has an account to itself, in which it may use any stream name. False on a server that the run did
   * not start: there, all files share one account.
   */
  isolated: boolean;
  /** Opens a connection, which `cleanup` closes. */
  connect(options?: NodeConnectionOptions): Promise<NatsConnection>;
  /**
   * Closes the connections of `connect`. Deletes the streams: all if `isolated`, otherwise only those whose name begins
   * with `prefix`.
   */
  cleanup(): Promise<void>;
}

/**
 * Prepares NATS for one test file. On a server that the run started, each Jest worker has its own account, and runs one
 * file at a time. The streams of earlier files in that account are deleted first. So a file can use production names of
 * streams and subjects. On another server, all files share one account, and names must begin with `prefix`.
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
    const connection = await connect({ ...connectionOptions(), reconnect: false, timeout: PATIENCE_MS });
    try {
      const manager = await jetstreamManager(connection, { timeout: PATIENCE_MS });
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
      const connection = await connect({ ...connectionOptions(), timeout: PATIENCE_MS, ...options });
      connections.push(connection);
      return connection;
    },
    async cleanup() {
      await Promise.all(connections.splice(0).map((connection) => connection.close()));
      await deleteStreams();
    },
  };
}

/** The account of this worker, which runs one file at a time. */
function accountNumber(): number {
  return ((Number(process.env.JEST_WORKER_ID ?? 1) - 1) % natsAccountCount) + 1;
}
