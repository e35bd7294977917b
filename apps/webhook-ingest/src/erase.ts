import '@gatehouse/node-version';
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { clerkEventsStream, clerkUserIdSchema, inboxPrefix } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { connectDatabase, createDataSource, requireSchema } from '@gatehouse/persistence';
import { loadEraseConfig } from './config';
import { migrationDatabase } from './database/database-options';
import { erasePayloads } from './erase-user/erase-payloads';
import { SERVICE_NAME } from './tokens';

const USAGE = 'usage: erase <Clerk user id> [--force]\n';
const CONNECT_MS = 5_000;

/** Erases every stored payload of a deleted user and prints what it removed. Runs in the environment of the service. */
async function erase(args: readonly string[]): Promise<void> {
  const [clerkUserId, ...options] = args;
  const parsed = clerkUserIdSchema.safeParse(clerkUserId);
  if (!parsed.success || options.some((option) => option !== '--force')) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const config = loadEraseConfig();
  const nats = new NatsClient(
    { ...config.nats, name: `${SERVICE_NAME}-erase`, inboxPrefix: inboxPrefix(SERVICE_NAME) },
    createLogger({ service: SERVICE_NAME, level: 'silent' }),
  );
  const dataSource = createDataSource(migrationDatabase(config.database));
  try {
    await nats.start();
    await connected(nats);
    await connectDatabase(dataSource);
    await requireSchema(dataSource, SERVICE_NAME);
    const jetStream = new JetStream(nats);
    const erasure = await erasePayloads(
      dataSource,
      (sequence, createdAt) => jetStream.eraseMessage(clerkEventsStream, sequence, createdAt),
      {
        id: randomUUID(),
        clerkUserId: parsed.data,
        force: options.length > 0,
        actor: 'command line',
        requestId: `erase-${randomUUID()}`,
      },
    );
    process.stdout.write(`${JSON.stringify(erasure, null, 2)}\n`);
  } finally {
    if (dataSource.isInitialized) await dataSource.destroy();
    await nats.close();
  }
}

function connected(nats: NatsClient): Promise<void> {
  return new Promise((resolve) => {
    // Continues without a connection after `CONNECT_MS`, because the bodies can be erased without NATS. When a message
    // must be deleted from the stream, the erasure then fails with an error that names NATS. It can be repeated.
    const timer = setTimeout(resolve, CONNECT_MS);
    nats.onConnect(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}

erase(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`webhook-ingest: erasing the payloads failed: ${reason}\n`);
  process.exitCode = 1;
});
