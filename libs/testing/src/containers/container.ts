import { explainContainerFailure } from './container-failure';
import { runLabel } from './run-label';

/** How to run a container of this test run. */
export interface ContainerOptions {
  /** Name in messages, e.g. `nats-server`. */
  name: string;
  image: string;
  /** Variable with which the user chooses another image; part of error messages. */
  imageVariable: string;
  command: string[];
  environment?: Record<string, string>;
  /** Contents of files by their paths in the container. */
  files?: Record<string, string>;
  /** Port in the container. */
  port: number;
  /** Fixed port on the host, which a restarted container keeps. By default Docker chooses a port. */
  hostPort?: number;
  /** Matches the line that the server writes when it listens. */
  listening: RegExp;
}

/** A running container and its address. */
export interface Container {
  host: string;
  port: number;
  isRunning(): Promise<boolean>;
  /** Starts the container again after `stop` or `kill`, with its files. */
  start(): Promise<void>;
  /** Sends the stop signal, and SIGKILL when the container does not end in time. */
  stop(): Promise<void>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Replaces files in the running container. */
  replaceFiles(files: Record<string, string>): Promise<void>;
  /** Sends a signal to the program of the container. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Freezes the processes of the container: connections stay open and nothing answers. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Removes the container with its files and volumes. */
  remove(): Promise<void>;
}

const startupTimeoutMs = 120_000;
const stopGraceSeconds = 15;
const bytesKept = 8192;

/**
 * Starts a container and waits until it listens.
 * @throws ContainersUnavailableError without a container engine
 * @throws ContainerFailedError
 */
export async function startContainer(options: ContainerOptions): Promise<Container> {
  // Loads `testcontainers` only here, because runs with local servers do not need it.
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  let output = '';
  let stopReading = (): unknown => undefined;
  const label = runLabel();
  try {
    const { container: engine } = await getContainerRuntimeClient();
    const started = await new GenericContainer(options.image)
      .withLabels({ [label.name]: label.value })
      .withEnvironment(options.environment ?? {})
      .withCopyContentToContainer(contents(options.files))
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
      replaceFiles: async (files) => void (await started.copyContentToContainer(contents(files))),
      signal: async (signal) => void (await container.kill({ signal })),
      pause: async () => void (await container.pause()),
      unpause: async () => void (await container.unpause()),
      remove: async () => void (await container.remove({ force: true, v: true })),
    };
  } catch (cause) {
    throw explainContainerFailure(cause, options, output);
  } finally {
    stopReading();
  }
}

/** The files are readable by all users, because the image decides which user reads them. */
function contents(files: Record<string, string> = {}): { target: string; content: string; mode: number }[] {
  return Object.entries(files).map(([target, content]) => ({ target, content, mode: 0o644 }));
}

/**
 * Checks that a container engine answers.
 * @throws ContainersUnavailableError
 */
export async function requireContainerEngine(): Promise<void> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  await getContainerRuntimeClient().catch((cause: unknown) => {
    throw explainContainerFailure(cause);
  });
}
