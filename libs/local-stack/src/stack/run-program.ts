import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ServiceName } from '@gatehouse/contracts';
import { NotBuiltError } from '../errors';
import { type Leash } from '../processes/leash';
import { ManagedProcess } from '../processes/managed-process';

/** A program of a service that ends by itself, such as its migrations. */
export interface ProgramOptions {
  app: ServiceName;
  /** File name of the program in the service's `src/`, without extension. */
  program: string;
  args?: readonly string[];
  /** The checkout, with its `dist/`. */
  root: string;
  /** Path of the Node that runs the program; that of this process by default. */
  node?: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  leash?: Leash;
}

const LIMIT_MS = 120_000;

/**
 * Runs a program in a process of its own, as a deployment does. Kills it after two minutes, which counts as a failure.
 * @returns the last lines of its output when it fails, undefined when it succeeds
 * @throws NotBuiltError
 */
export async function runProgram(options: ProgramOptions): Promise<string[] | undefined> {
  const entry = join(options.root, 'dist/apps', options.app, 'src', `${options.program}.js`);
  if (!existsSync(entry)) throw new NotBuiltError(entry);
  const run = await ManagedProcess.start({
    name: `${options.app} ${options.program}`,
    command: options.node ?? process.execPath,
    args: ['--enable-source-maps', entry, ...(options.args ?? [])],
    cwd: options.root,
    env: options.environment,
    logFile: options.logFile,
    leash: options.leash,
  });
  const limit = setTimeout(() => void run.kill(), LIMIT_MS);
  const { code } = await run.exited;
  clearTimeout(limit);
  return code === 0 ? undefined : run.lastLines(10);
}
