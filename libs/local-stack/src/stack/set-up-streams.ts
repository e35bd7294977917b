import { setupIdentity } from '@gatehouse/contracts';
import { StreamSetupFailedError } from '../errors';
import { type ProgramOptions, runProgram } from './run-program';

/** The environment of `nats-setup`: that of stream-keeper, with another NATS user. */
export function setupEnvironment(streamKeeper: NodeJS.ProcessEnv, password: string): NodeJS.ProcessEnv {
  return { ...streamKeeper, NATS_USER: setupIdentity, NATS_PASSWORD: password };
}

/**
 * Creates the streams and consumers, or changes them to match their contracts.
 * @throws NotBuiltError, StreamSetupFailedError
 */
export async function setUpStreams(options: Omit<ProgramOptions, 'app' | 'program'>): Promise<void> {
  const failure = await runProgram({ ...options, app: 'stream-keeper', program: 'nats-setup' });
  if (failure) throw new StreamSetupFailedError(failure);
}
