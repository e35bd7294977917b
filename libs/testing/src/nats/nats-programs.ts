import { testServers, testVariable } from '../test-environment';

/** The programs in NATS_SERVER_BIN, which the tests read as a list with commas. */
export function namedNatsPrograms(): string[] {
  const names = (process.env.NATS_SERVER_BIN ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/**
 * The nats-server programs for a test that runs on several versions: the one of the global setup and the further ones in
 * NATS_SERVER_BIN. In a run with containers, one `undefined`, which stands for the image.
 */
export function natsPrograms(): readonly (string | undefined)[] {
  if (testServers() === 'testcontainers') return [undefined];
  return [testVariable('natsProgram'), ...namedNatsPrograms().slice(1)];
}
