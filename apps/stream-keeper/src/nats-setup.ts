import '@gatehouse/node-version';
import { setupIdentity } from '@gatehouse/contracts';
import { NatsClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { contracts, loadSetupConfig } from './config';
import { NatsUnreachableError } from './errors';
import { USAGE, parseCommand } from './set-up-streams/command';
import { setUpStreams } from './set-up-streams/set-up-streams';

/** Creates or changes the streams and consumers to their contracts. Prints one line for each. */
async function setUp(args: readonly string[]): Promise<void> {
  const command = parseCommand(args);
  if (command === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  const { nats: address, settings } = loadSetupConfig();
  const nats = new NatsClient(
    { ...address, name: setupIdentity, inboxPrefix: `_INBOX.${setupIdentity}` },
    createLogger({ service: setupIdentity, level: 'silent' }),
  );
  try {
    await nats.start();
    if (!nats.connected) throw new NatsUnreachableError();
    const onLine = (line: string) => process.stdout.write(`${line}\n`);
    await setUpStreams(new StreamMaker(nats, settings), { ...command, contracts, onLine });
  } finally {
    await nats.close();
  }
}

setUp(process.argv.slice(2)).catch((error: unknown) => {
  const reason = error instanceof Error ? error.message || error.name : 'an unknown error';
  process.stderr.write(`nats-setup failed: ${reason}\n`);
  process.exitCode = 1;
});
