import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, Leash, type NatsServer, natsVersion, startNatsServer } from '@gatehouse/local-stack';
import { testVariable } from '../test-environment';
import { NatsPasswords } from './nats-passwords';
import { type OwnNats, type OwnNatsOptions, loginOf, untilAccepted } from './own-nats';

/**
 * Starts nats-server as a process. Its store is in a temporary folder, or in the folder `place`, for example on a small
 * disk that a test fills. With `place`, nats-server accepts streams up to 4 GB in total, even if the disk is smaller.
 * Writes then fail when the disk is full.
 */
export async function startOwnNatsProcess({
  accounts,
  configured,
  place,
  program: other,
}: OwnNatsOptions): Promise<OwnNats> {
  const path = other ?? testVariable('natsProgram');
  const program = { path, version: await natsVersion(path) };
  const directory = mkdtempSync(join(place ?? tmpdir(), 'gatehouse-nats-'));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const port = await freePort();
  const passwords = new NatsPasswords(accounts ?? [], configured);
  const run = () =>
    startNatsServer({
      program,
      accounts: passwords.currentAccounts,
      accountsText: passwords.accountsText,
      environment: configured?.environment,
      includedFiles: passwords.includedFiles,
      ...(place !== undefined && { maxFileStore: '4GB' }),
      directory,
      port,
      logFile: join(directory, 'nats-server.log'),
      leash,
    });
  let server: NatsServer | undefined = await run();
  const url = `nats://127.0.0.1:${port}`;
  return {
    url,
    as: (user) => loginOf(url, user, passwords.of(user)),
    async changePassword(user, password) {
      passwords.set(user, password);
      server?.reload(passwords.includedFiles);
      await untilAccepted(url, user, password);
    },
    async reload() {
      server?.reload(passwords.includedFiles);
    },
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async kill() {
      await server?.process.kill();
      server = undefined;
    },
    async freeze() {
      if (!server) return;
      const { pid } = server.process;
      process.kill(pid, 'SIGSTOP');
      await eventually(() => standsStill(pid));
    },
    async thaw() {
      if (server) process.kill(server.process.pid, 'SIGCONT');
    },
    async start() {
      server ??= await run();
    },
    loseStore() {
      rmSync(join(directory, 'jetstream'), { recursive: true, force: true });
    },
    async dispose() {
      await server?.stop();
      server = undefined;
      rmSync(directory, { recursive: true, force: true });
      await leash.release();
    },
  };
}

/**
 * Whether all threads of the process are stopped; a thread that still runs may answer. True on systems other than
 * Linux, where this is unknown.
 */
function standsStill(pid: number): boolean {
  const tasks = `/proc/${pid}/task`;
  if (!existsSync(tasks)) return true;
  return readdirSync(tasks).every((thread) => / T \d+ [^)]*$/.test(readFileSync(join(tasks, thread, 'stat'), 'utf8')));
}
