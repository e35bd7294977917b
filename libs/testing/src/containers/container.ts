import { sayContainerFailure } from './container-failure';
import { runLabel } from './run-label';

/** What to run in a container that belongs to this test run. */
export interface ContainerOptions {
  /** For messages, e.g. `nats-server`. */
  name: string;
  image: string;
  /** The environment variable that names another image, for messages. */
  imageVariable: string;
  command: string[];
  environment?: Record<string, string>;
  /** Texts by their paths inside. */
  files?: Record<string, string>;
  /** Where it listens inside. */
  port: number;
  /** The port outside, which then outlives a restart; by default Docker picks one. */
  hostPort?: number;
  /** A line that it writes when it listens. */
  listening: RegExp;
}

/** A container and the way in. */
export interface Container {
  host: string;
  port: number;
  isRunning(): Promise<boolean>;
  /** Starts it again after `stop` or `kill`, with its files as they were left. */
  start(): Promise<void>;
  /** Orderly; killed when that takes too long. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Stops its clock: connections stay open and nothing answers. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Ends it and deletes its files and volumes. */
  remove(): Promise<void>;
}

const startupTimeoutMs = 120_000;
const stopGraceSeconds = 15;
const bytesKept = 8192;

/**
 * Starts a container and waits until it says that it listens.
 * @throws ContainersUnavailableError without a container engine
 * @throws ContainerFailedError
 */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  // Loaded here, because runs with local servers have no need of it.
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  let output = '';
  let stopReading = (): unknown => undefined;
  const label = runLabel();
  try {
    const { container: engine } = await getContainerRuntimeClient();
    const files = Object.entries(options.files ?? {});
    const started = await new GenericContainer(options.image)
      .withLabels({ [label.name]: label.value })
      .withEnvironment(options.environment ?? {})
      // Readable for all: the image decides which user reads them.
      .withCopyContentToContainer(files.map(([target, content]) => ({ target, content, mode: 0o644 })))
      .withCommand(options.command)
      .withExposedPorts(options.hostPort ? { container: options.port, host: options.hostPort } : options.port)
      .withLogConsumer((lines) => {
        stopReading = () => lines.destroy();
        lines.on('data', (chunk) => (output = (output + String(chunk)).slice(-bytesKept)));
      })
      .withWaitStrategy(Wait.forLogMessage(options.listening))
      .withStartupTimeout(startupTimeoutMs)
      .start();
    const container = engine.getById(started.getId());
    return {
      host: started.getHost(),
      port: started.getMappedPort(options.port),
      isRunning: async () => (await container.inspect()).State.Running,
      start: async () => void (await container.start()),
      stop: async () => void (await container.stop({ t: stopGraceSeconds })),
      async kill() {
        const ended = container.wait();
        await container.kill({ signal: 'SIGKILL' });
        await ended;
      },
      pause: async () => void (await container.pause()),
      unpause: async () => void (await container.unpause()),
      remove: async () => void (await container.remove({ force: true, v: true })),
    };
  } catch (cause) {
    throw sayContainerFailure(cause, options, output);
  } finally {
    stopReading();
  }
}

/**
 * Passes when a container engine answers.
 * @throws ContainersUnavailableError
 */
export async function requireContainerEngine(): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw sayContainerFailure(cause);
  });
}
