import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { CommandFailedError, UsageError } from '../errors';
import { type ExitCode, exitCodes } from '../exit-codes';
import { type Session } from '../session';

/** Folder of the built apps, beside which this one lies where all of Gatehouse is installed. */
const APPS = join(__dirname, '../../..');

/**
 * Runs a program of a service in place of this command: with its arguments, environment, input and output. The session ends
 * with its exit code.
 * @throws UsageError when only the command line is installed
 */
export async function runProgram(
  session: Session,
  app: string,
  program: string,
  args: readonly string[],
): Promise<void> {
  const path = join(APPS, app, 'src', program);
  if (!existsSync(path)) {
    throw new UsageError(
      `This runs beside the services, with the environment of ${app}, and only the command line is installed here. Run ${program} of ${app} there; see docs/runbooks/README.md, “Before you run a command”.`,
    );
  }
  const child = spawn(process.execPath, ['--enable-source-maps', path, ...args], {
    stdio: 'inherit',
    env: session.io.env,
  });
  session.exitCode = await new Promise<ExitCode>((resolve, reject) => {
    child.once('error', () => reject(new CommandFailedError(`${program} cannot be started.`, exitCodes.failed)));
    child.once('close', (code) => resolve(code === 0 || code === 2 ? code : exitCodes.failed));
  });
}
