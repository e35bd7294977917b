import { EmulatorRefusedError } from './errors';

/** The key with which Clerk's packages for browsers use the emulator. @throws EmulatorRefusedError */
export async function publishableKeyOf(emulatorUrl: string): Promise<string> {
  const response = await fetch(`${emulatorUrl}/emulator/health`, { signal: AbortSignal.timeout(10_000) });
  const health = (await response.json()) as { readonly publishable_key?: unknown };
  if (typeof health.publishable_key === 'string') return health.publishable_key;
  throw new EmulatorRefusedError(`The emulator did not tell its publishable key (HTTP ${response.status}).`);
}
