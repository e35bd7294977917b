import { testServers, testVariable } from '../test-environment';

/** The programs in NATS_SERVER_BIN, which the tests read as a list with commas. */
export function namedNatsPrograms(): string[] {
  const names = (process.env.NATS_SERVER_BIN ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/**
 * Each nats-server on which a test for several versions runs: the one of the global setup, and the further ones in
 * NATS_SERVER_BIN. `server` is its name in the title of a test. A run with containers has one entry, without `program`:
 * the server of the image.
 */
export function natsServers(): readonly { readonly server: string; readonly program?: string }[] {
  if (testServers() === 'testcontainers') return [{ server: 'the image of the containers' }];
  return [testVariable('natsProgram'), ...namedNatsPrograms().slice(1)].map((program) => ({
    server: program,
    program,
  }));
}
