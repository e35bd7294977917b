import { freePort } from '@gatehouse/local-stack';
import { startNatsContainer, type NatsContainer, type NatsContainerOptions } from '../containers/nats-container';
import { NatsPasswords } from './nats-passwords';
import { type OwnNats, type OwnNatsOptions, loginOf, untilAccepted } from './own-nats';

/** Starts a container that keeps its port on the host when it is stopped and started. */
export async function startOwnNatsContainer({ accounts, configured }: OwnNatsOptions): Promise<OwnNats> {
  const passwords = new NatsPasswords(accounts ?? [], configured);
  const options = (): NatsContainerOptions => ({
    accounts: passwords.currentAccounts,
    accountsText: passwords.accountsText,
    environment: configured?.environment,
    includedFiles: passwords.includedFiles,
  });
  const first = await onFreePort(options());
  const { url, port } = first;
  let container: NatsContainer | undefined = first;
  let running = true;
  let lost = false;
  return {
    url,
    as: (user) => loginOf(url, user, passwords.of(user)),
    async changePassword(user, password) {
      passwords.set(user, password);
      await container?.reload(passwords.includedFiles);
      await untilAccepted(url, user, password);
    },
    async reload() {
      await container?.reload(passwords.includedFiles);
    },
    async stop() {
      if (running) await container?.stop();
      running = false;
    },
    async kill() {
      if (running) await container?.kill();
      running = false;
    },
    async freeze() {
      await container?.pause();
    },
    async thaw() {
      await container?.unpause();
    },
    async start() {
      if (running) return;
      if (lost) {
        // Removes the container, because the store is in it.
        await container?.remove();
        container = undefined;
        lost = false;
      }
      if (container) await container.start();
      else container = await startNatsContainer({ ...options(), hostPort: port });
      running = true;
    },
    loseStore() {
      lost = true;
    },
    async dispose() {
      await container?.remove();
      container = undefined;
      running = false;
    },
  };
}

/** Tries several ports: another program may take a free port first, and the engine may be on another host. */
async function onFreePort(options: NatsContainerOptions): Promise<NatsContainer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await startNatsContainer({ ...options, hostPort: await freePort() });
    } catch (error) {
      if (attempt === 3 || !/port is already allocated|address already in use/i.test(String(error))) throw error;
    }
  }
}
