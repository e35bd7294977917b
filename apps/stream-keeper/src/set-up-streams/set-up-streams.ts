import { type Contract, JetStreamConfigurationError, type StreamMaker, nameOf } from '@gatehouse/messaging';
import { SetupRefusedError } from '../errors';

/** How `setUpStreams` works. */
export interface SetupOptions {
  /** Every stream, then every consumer. */
  readonly contracts: readonly Contract[];
  /** Whether to delete and create anew what NATS refuses to change. */
  readonly recreate: boolean;
  /** Called with one line for each stream and consumer. */
  readonly onLine: (line: string) => void;
}

/**
 * Creates every missing stream and consumer, and changes those that differ from their contract.
 * @throws SetupRefusedError for what NATS refuses, after all others are set up
 * @throws JetStreamUnavailableError
 */
export async function setUpStreams(maker: StreamMaker, { contracts, recreate, onLine }: SetupOptions): Promise<void> {
  const refusals: JetStreamConfigurationError[] = [];
  const missing = new Set<string>();
  for (const contract of contracts) {
    const name = nameOf(contract);
    if ('durable' in contract && missing.has(nameOf(contract.stream))) {
      onLine(`${name}: missing, because its stream is missing`);
      continue;
    }
    try {
      onLine(`${name}: ${await setUp(maker, contract, recreate)}`);
    } catch (error) {
      if (!(error instanceof JetStreamConfigurationError)) throw error;
      refusals.push(error);
      if (error.fields.length === 0) missing.add(name);
      onLine(`${name}: ${error.fields.length === 0 ? 'missing' : `differs in ${error.fields.join(', ')}`}`);
    }
  }
  if (refusals.length > 0) throw new SetupRefusedError(refusals);
}

/** Sets one stream or consumer up; returns what happened to it. */
async function setUp(maker: StreamMaker, contract: Contract, recreate: boolean): Promise<string> {
  try {
    const made = await maker.apply(contract);
    if (made === 'created') return 'created';
    return made.fields.length === 0 ? 'unchanged' : `changed: ${made.fields.join(', ')}`;
  } catch (error) {
    const isRefusedChange = error instanceof JetStreamConfigurationError && error.fields.length > 0;
    if (!recreate || !isRefusedChange) throw error;
    await maker.replace(contract);
    return `created anew: ${error.fields.join(', ')}`;
  }
}
