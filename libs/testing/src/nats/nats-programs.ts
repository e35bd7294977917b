import { testServers, testVariable } from '../test-environment';

/** The programs in NATS_SERVER_BIN, which the tests read as a list with commas. */
export function namedNatsPrograms(): string[] {
  const names = (process.env.NATS_SERVER_BIN ?? '').split(',').map((name) => name.trim());
  return names.filter((name) => name !== '');
}

/**
 * Each nats-server for a test that runs on several versions: the one of the global setup and the further ones in
 * NATS_SERVER_BIN. `server` is its name in the title of a test. In a run with containers, only the image, which has no
 * `program`.
 */
export function natsServers(): readonly { readonly server: string; readonly program?: string }[] {
  if (testServers() === 'testcontainers') return [{ server: 'the image of the containers' }];
  return [testVariable('natsProgram'), ...namedNatsPrograms().slice(1)].map((program) => ({
    server: program,
    program,
  }));
}
