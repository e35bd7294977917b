import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsAccounts, natsAccountsText, serviceNames } from '@gatehouse/contracts';
import { eventually, freePort, ManagedProcess, resolveNatsServer, workspaceState } from '../src';
import { namedNatsVersion } from '../src/stack/named-nats';

describe('a NATS server that the caller names', () => {
  let directory: string;
  let server: ManagedProcess | undefined;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'gatehouse-named-nats-'))));
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    rmSync(directory, { recursive: true, force: true });
  });

  const start = async (configuration: string) => {
    const port = await freePort();
    const file = join(directory, 'nats.conf');
    writeFileSync(file, `listen: "127.0.0.1:${port}"\n${configuration}`);
    server = await ManagedProcess.start({
      name: 'nats-server',
      command: await natsProgram(),
      args: ['--config', file],
      logFile: join(directory, 'nats.log'),
    });
    // Does not check whether the port is free: the check takes the port for a moment, and the server could fail on it.
    await eventually(async () => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect').finally(() => socket.destroy());
    });
    return `nats://127.0.0.1:${port}`;
  };

  const version = (url: string) =>
    namedNatsVersion(
      url,
      serviceNames.map((user) => ({ user, password: 'right' })),
    );
  const accounts = natsAccountsText(natsAccounts(() => 'right'));

  it('is rejected at once without JetStream', async () => {
    const url = await start('max_payload: 2MB');
    await expect(version(url)).rejects.toMatchObject({
      code: 'SERVER_UNUSABLE',
      message: expect.stringMatching(/^Cannot use the server in NATS_URL: JetStream is off; .*\.$/),
    });
  });

  it('is rejected at once with the default max_payload, and accepted with a sufficient one', async () => {
    const jetStream = `jetstream { store_dir: "${join(directory, 'store')}" }\n${accounts}`;
    const small = await start(jetStream);
    await expect(version(small)).rejects.toThrow(/: its max_payload is 1048576 bytes, at least 2097152 are/);
    await server?.stop();
    const enough = await start(`${jetStream}max_payload: 2MB`);
    expect(await version(` ${enough} , nats://127.0.0.1:1`)).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('is rejected when its accounts do not share the streams', async () => {
    const url = await start(
      `jetstream { store_dir: "${join(directory, 'store')}" }\nmax_payload: 2MB\n` +
        `authorization { users: [${serviceNames.map((user) => `{ user: ${user}, password: right }`).join(', ')}] }`,
    );
    await expect(version(url)).rejects.toThrow(
      /^Cannot use the server in NATS_URL: its user [a-z-]+ does not reach the account of the streams\. "npm run nats:config"/,
    );
  });

  it('needs the password of every service', async () => {
    await expect(namedNatsVersion('nats://127.0.0.1:1', [{ user: 'user-sync', password: undefined }])).rejects.toThrow(
      'NATS_PASSWORD_USER_SYNC must be set with NATS_URL: the password of the NATS user user-sync.',
    );
  });
});

/** The nats-server that the global setup found. In a run with containers it has found none. */
async function natsProgram(): Promise<string> {
  const { GATEHOUSE_TEST_NATS_BIN: found, NATS_URL: _, ...env } = process.env;
  if (found) return found;
  const resolution = await resolveNatsServer({ env, stateDirectory: workspaceState() });
  return resolution.kind === 'program' ? resolution.path : '';
}
