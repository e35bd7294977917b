import { firstNatsClient, type NatsConfig, natsConfigText } from '@gatehouse/local-stack';
import { ContainerFailedError } from '../errors';
import { startContainer, type Container } from './container';

/** nats-server with JetStream in a container. */
export interface NatsContainer extends Omit<Container, 'host'> {
  /** URL without credentials. */
  url: string;
  /** Replaces included files, and makes the running server read its configuration again. */
  reload(includedFiles: Readonly<Record<string, string>>): Promise<void>;
}

const folder = '/etc/gatehouse';
const configFile = `${folder}/nats-server.conf`;
const readyTimeoutMs = 30_000;

/** How to run nats-server in a container. */
export interface NatsContainerOptions extends Pick<NatsConfig, 'accounts' | 'accountsText' | 'maxFileStore'> {
  readonly hostPort?: number;
  readonly environment?: Record<string, string>;
  /** Contents of files beside the configuration, which includes them, by their names. */
  readonly includedFiles?: Readonly<Record<string, string>>;
}

/** Starts nats-server from TEST_NATS_IMAGE. Waits at each start until one of its users can connect. */
export async function startNatsContainer(options: NatsContainerOptions): Promise<NatsContainer> {
  const image = process.env.TEST_NATS_IMAGE || 'nats:2.14-alpine';
  const text = natsConfigText({
    accounts: options.accounts,
    accountsText: options.accountsText,
    maxFileStore: options.maxFileStore,
    // The oldest supported version, so that the file has only settings that the server of every image accepts.
    version: '2.9.0',
    host: '0.0.0.0',
    port: 4222,
    storeDirectory: '/tmp/gatehouse',
  });
  const container = await startContainer({
    name: 'nats-server',
    image,
    imageVariable: 'TEST_NATS_IMAGE',
    // Contains only options, because the entry point of the official images adds the program.
    command: ['--config', configFile],
    environment: options.environment,
    files: { ...inFolder(options.includedFiles), [configFile]: text },
    port: 4222,
    hostPort: options.hostPort,
    listening: /Server is ready/,
  });
  const { host, ...rest } = container;
  const url = `nats://${host}:${container.port}`;
  const ready = async () => {
    const user = options.accounts?.[0]?.users[0];
    const refusal = await firstNatsClient({ url, user, timeoutMs: readyTimeoutMs, isRunning: container.isRunning });
    if (!refusal) return;
    throw new ContainerFailedError(
      `nats-server in a container of image ${image} did not accept connections: ${refusal.message}.`,
      {
        cause: refusal,
      },
    );
  };
  await ready();
  return {
    ...rest,
    url,
    async reload(includedFiles) {
      await container.replaceFiles(inFolder(includedFiles));
      await container.signal('SIGHUP');
    },
    async start() {
      await container.start();
      await ready();
    },
  };
}

function inFolder(files: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, content]) => [`${folder}/${name}`, content]));
}
