// npm run nats:setup [-- --recreate]: changes the streams and consumers to their contracts. Uses the nats-server of
// NATS_URL with the password in NATS_PASSWORD_NATS_SETUP, or else that of the running npm start. The same as gatehouse nats
// setup.
import { join } from 'node:path';
import { BootstrapError, bootstrap, main, readState, root, runInPlace, workspaceNode } from './bootstrap.mjs';

const PASSED_ON = ['NATS_CA_FILE', 'STREAM_REPLICAS', 'ACK_WAIT_MS'];

await main(async () => {
  const variables = process.env.NATS_URL ? namedServer() : runningServer();
  await bootstrap({ quiet: true });
  const program = join(root, 'dist/apps/cli/src/main.js');
  return runInPlace(workspaceNode(), [program, 'nats', 'setup', ...process.argv.slice(2)], {
    env: { PATH: process.env.PATH, ...variables },
  });
});

function namedServer() {
  const { NATS_URL, NATS_PASSWORD_NATS_SETUP: password } = process.env;
  if (!password) {
    throw new BootstrapError(
      'NATS_PASSWORD_NATS_SETUP must be set with NATS_URL: the password of the NATS user nats-setup.',
    );
  }
  const others = Object.fromEntries(PASSED_ON.map((name) => [name, process.env[name] ?? '']));
  return { NATS_URL, NATS_USER: 'nats-setup', NATS_PASSWORD: password, ...others };
}

function runningServer() {
  const running = readState('running.json');
  if (!running?.urls) {
    throw new BootstrapError(
      'Gatehouse is not running: run npm start first, or set NATS_URL and NATS_PASSWORD_NATS_SETUP.',
    );
  }
  if (!running.natsSetup) {
    throw new BootstrapError('npm start runs without NATS_PASSWORD_NATS_SETUP: set it together with NATS_URL.');
  }
  return running.natsSetup;
}
