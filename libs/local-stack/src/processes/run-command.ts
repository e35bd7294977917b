import { spawn } from 'node:child_process';
import { CommandFailedError } from '../errors';

/**
 * Runs a program and returns its standard output.
 * @param timeoutMs milliseconds until the program is killed
 * @throws CommandFailedError with the last line of its output
 */
export function runCommand(
  command: string,
  args: string[],
  options: { cwd?: string; timeoutMs: number },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' },
    });
    // The `timeout` option of spawn is not used: it would keep its timer running when the program does not exist.
    const limit = setTimeout(() => child.kill('SIGKILL'), options.timeoutMs);
    const out: Buffer[] = [];
    const all: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => void (out.push(chunk), all.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => void all.push(chunk));
    child.once('error', (cause) => {
      clearTimeout(limit);
      reject(new CommandFailedError(`${command}: ${cause.message}`, { cause }));
    });
    child.once('close', (code, signal) => {
      clearTimeout(limit);
      if (code === 0) return resolve(Buffer.concat(out).toString('utf8'));
      const lines = Buffer.concat(all).toString('utf8').split('\n').filter(Boolean);
      const why = signal ? `took longer than ${options.timeoutMs / 1000} s` : (lines.at(-1) ?? `exit code ${code}`);
      reject(new CommandFailedError(`${command}: ${why}`));
    });
  });
}
