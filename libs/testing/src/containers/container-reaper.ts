import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';
import { ContainerFailedError } from '../errors';
import { runLabel } from './run-label';

const limitMs = 70_000;

/**
 * Removes all containers of this test run when the run ends, even by Ctrl-C or SIGKILL. A detached process removes
 * them.
 */
export class ContainerReaper {
  private constructor(
    private readonly process: ChildProcess,
    private readonly label: string,
  ) {}

  /** Starts the detached process. Call this before the first container is started. */
  static start(): ContainerReaper {
    const { name, value } = runLabel();
    const label = `${name}=${value}`;
    const file = join(__dirname, `reaper-process${extname(__filename)}`);
    const child = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', file, label], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      // The process needs variables such as DOCKER_HOST, which name the container engine, but not the Node options of
      // Jest.
      env: { ...process.env, NODE_OPTIONS: '' },
    });
    child.on('error', () => undefined);
    child.stdin.on('error', () => undefined);
    child.unref();
    if (child.stdin instanceof Socket) child.stdin.unref();
    return new ContainerReaper(child, label);
  }

  /**
   * Removes all containers of this run and waits until they are removed.
   * @throws ContainerFailedError when some containers may be left
   */
  async finish(): Promise<void> {
    const { process: child } = this;
    child.ref();
    const code = await new Promise<number | null>((resolve) => {
      if (child.exitCode !== null || child.pid === undefined) return resolve(child.exitCode);
      const limit = setTimeout(() => resolve(null), limitMs);
      child.once('exit', (exitCode) => {
        clearTimeout(limit);
        resolve(exitCode);
      });
      child.stdin?.end('orderly\n');
    });
    if (code === 0) return;
    throw new ContainerFailedError(
      `Containers of this run may be left: "docker ps -a --filter label=${this.label}" shows them.`,
    );
  }
}
