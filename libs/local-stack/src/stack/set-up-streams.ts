import { setupIdentity } from '@gatehouse/contracts';
import { StreamSetupFailedError } from '../errors';
import { type ProgramOptions, runProgram } from './run-program';

/** The environment of `nats-setup`: that of stream-keeper, with another NATS user. */
export function setupEnvironment(streamKeeper: NodeJS.ProcessEnv, password: string): NodeJS.ProcessEnv {
  return { ...streamKeeper, NATS_USER: setupIdentity, NATS_PASSWORD: password };
}

/** How to set up the streams. */
export interface StreamSetup extends Omit<ProgramOptions, 'app' | 'program' | 'args'> {
  /**
   * Whether to delete a stream or consumer that NATS refuses to change, and to create it anew. A new stream is empty:
   * webhook-ingest then publishes the events of its ledger that are still without an outcome.
   */
  recreate: boolean;
}

/**
 * Creates the streams and consumers, or changes them to match their contracts.
 * @throws NotBuiltError, StreamSetupFailedError
 */
export async function setUpStreams({ recreate, ...options }: StreamSetup): Promise<void> {
  const args = recreate ? ['--recreate'] : [];
  const failure = await runProgram({ ...options, app: 'stream-keeper', program: 'nats-setup', args });
  if (failure) throw new StreamSetupFailedError(failure);
}
