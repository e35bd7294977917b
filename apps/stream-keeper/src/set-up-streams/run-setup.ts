import { busContracts, setupIdentity } from '@gatehouse/contracts';
import { NatsClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type SetupConfig } from '../config';
import { NatsUnreachableError } from '../errors';
import { USAGE, parseCommand } from './command';
import { setUpStreams } from './set-up-streams';

/** Where the program writes. */
export interface Output {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
}

/**
 * Runs the program `nats-setup`; returns its exit code. Prints one line for each stream and consumer. Waits a few seconds
 * for NATS, not longer.
 * @param readConfig reads the configuration; called only when the arguments are valid
 */
export async function runSetup(
  args: readonly string[],
  readConfig: () => SetupConfig,
  { out, err }: Output,
): Promise<number> {
  const command = parseCommand(args);
  if (command === undefined) {
    err(USAGE);
    return 2;
  }
  try {
    await setUp(readConfig(), command.recreate, (line) => out(`${line}\n`));
    return 0;
  } catch (error) {
    err(`nats-setup failed: ${error instanceof Error ? error.message || error.name : 'an unknown error'}\n`);
    return 1;
  }
}

async function setUp({ nats: address, settings }: SetupConfig, recreate: boolean, onLine: (line: string) => void) {
  const nats = new NatsClient(
    { ...address, name: setupIdentity, inboxPrefix: `_INBOX.${setupIdentity}` },
    createLogger({ service: setupIdentity, level: 'silent' }),
  );
  try {
    await nats.start();
    if (!nats.connected) throw new NatsUnreachableError();
    await setUpStreams(new StreamMaker(nats, settings), { contracts: busContracts, recreate, onLine });
  } finally {
    await nats.close();
  }
}
