import { setupIdentity } from '@gatehouse/contracts';
import { StreamSetupFailedError } from '../errors';
import { type ProgramOptions, runProgram } from './run-program';

/** How to reach NATS as `nats setup`. `environment` is that of stream-keeper. */
export interface StreamSetupOptions extends Omit<ProgramOptions, 'app' | 'program'> {
  password: string;
}

/**
 * Creates the streams and consumers, or changes them to their contracts.
 * @throws NotBuiltError, StreamSetupFailedError
 */
export async function setUpStreams({ password, ...options }: StreamSetupOptions): Promise<void> {
  const environment = { ...options.environment, NATS_USER: setupIdentity, NATS_PASSWORD: password };
  const failure = await runProgram({ ...options, environment, app: 'stream-keeper', program: 'nats-setup' });
  if (failure) throw new StreamSetupFailedError(failure);
}
