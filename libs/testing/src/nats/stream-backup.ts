import { PATIENCE_MS } from '@gatehouse/local-stack';
import { type NatsConnection } from '@nats-io/transport-node';

/** A backup of a stream, as `nats stream backup` makes it. */
export interface StreamBackup {
  readonly stream: string;
  readonly config: object;
  readonly state: object;
  readonly chunks: readonly Uint8Array[];
}

/** Backs a stream up. @param connection connection of a user that may do everything in the account of the streams */
export async function backUpStream(connection: NatsConnection, stream: string): Promise<StreamBackup> {
  const inbox = `${stream}.backup.${process.pid}.${Date.now()}`;
  const chunks: Uint8Array[] = [];
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const subscription = connection.subscribe(inbox, {
    callback: (_, message) => {
      if (message.data.length === 0) return end();
      chunks.push(message.data);
      message.respond();
    },
  });
  const { config, state } = await call(connection, `STREAM.SNAPSHOT.${stream}`, {
    deliver_subject: inbox,
    chunk_size: 65_536,
  });
  await ended;
  subscription.unsubscribe();
  return { stream, config: config as object, state: state as object, chunks };
}

/**
 * Replaces a stream by its backup, with the same creation time, while clients stay connected. Nothing may create the
 * stream meanwhile.
 */
export async function restoreStream(connection: NatsConnection, backup: StreamBackup): Promise<void> {
  const { stream, config, state, chunks } = backup;
  await call(connection, `STREAM.DELETE.${stream}`, {});
  const { deliver_subject: subject } = await call(connection, `STREAM.RESTORE.${stream}`, { config, state });
  for (const chunk of chunks) await connection.request(String(subject), chunk, { timeout: PATIENCE_MS });
  failOn((await connection.request(String(subject), '', { timeout: PATIENCE_MS })).json());
}

async function call(connection: NatsConnection, name: string, request: object): Promise<Record<string, unknown>> {
  const answer = await connection.request(`$JS.API.${name}`, JSON.stringify(request), { timeout: PATIENCE_MS });
  return failOn(answer.json());
}

function failOn(reply: Record<string, unknown>): Record<string, unknown> {
  if (reply.error !== undefined) throw new Error(JSON.stringify(reply.error));
  return reply;
}
