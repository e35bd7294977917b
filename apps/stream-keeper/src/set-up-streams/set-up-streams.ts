import { type BusContract } from '@gatehouse/contracts';
import { ContractAbsentError, JetStreamConfigurationError, type StreamMaker, nameOf } from '@gatehouse/messaging';
import { SetupRefusedError } from '../errors';

/** How `setUpStreams` works. */
export interface SetupOptions {
  /** Every stream, then every consumer. */
  readonly contracts: readonly BusContract[];
  /** Whether to delete and create anew what NATS refuses to change. */
  readonly recreate: boolean;
  /** Called with one line for each stream and consumer. */
  readonly onLine: (line: string) => void;
}

/**
 * Creates every missing stream and consumer, and changes those that differ from their contract.
 * @throws SetupRefusedError for what NATS refuses, after all others are set up
 * @throws ContractAbsentError when somebody else deletes a stream meanwhile
 * @throws JetStreamUnavailableError
 */
export async function setUpStreams(maker: StreamMaker, { contracts, recreate, onLine }: SetupOptions): Promise<void> {
  const refusals: JetStreamConfigurationError[] = [];
  let absent: ContractAbsentError | undefined;
  for (const contract of contracts) {
    const name = nameOf(contract);
    try {
      onLine(`${name}: ${await setUp(maker, contract, recreate)}`);
    } catch (error) {
      if (error instanceof ContractAbsentError) {
        absent = error;
        onLine(`${name}: missing, because its stream is missing`);
      } else if (error instanceof JetStreamConfigurationError) {
        refusals.push(error);
        onLine(`${name}: ${['refused', error.fields.join(', ')].filter(Boolean).join(': ')}`);
      } else throw error;
    }
  }
  if (refusals.length > 0) throw new SetupRefusedError(refusals);
  if (absent !== undefined) throw absent;
}

/** Sets one stream or consumer up; returns what happened to it. */
async function setUp(maker: StreamMaker, contract: BusContract, recreate: boolean): Promise<string> {
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
