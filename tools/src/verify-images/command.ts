import { spawn } from 'node:child_process';
import { VerifyError } from './errors';

/** How a program ended. */
export interface Ended {
  readonly code: number | null;
  /** Standard output and standard error, in the order of arrival. */
  readonly output: string;
  readonly stdout: string;
}

interface CommandOptions {
  readonly timeoutMs?: number;
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs a program to its end, within 10 min by default. */
export function attempt(command: string, args: readonly string[], options: CommandOptions = {}): Promise<Ended> {
  const { timeoutMs = 600_000, cwd, env } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const limit = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    const [all, out]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on('data', (chunk: Buffer) => void (out.push(chunk), all.push(chunk)));
    child.stderr.on('data', (chunk: Buffer) => void all.push(chunk));
    child.once('error', (cause) => {
      clearTimeout(limit);
      reject(new VerifyError(`${command} cannot be started: ${cause.message}.`, { cause }));
    });
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ code, output: Buffer.concat(all).toString(), stdout: Buffer.concat(out).toString() });
    });
  });
}

/** Runs a program and returns its standard output. @throws VerifyError with the end of its output when it fails */
export async function run(command: string, args: readonly string[], options?: CommandOptions): Promise<string> {
  const { code, output, stdout } = await attempt(command, args, options);
  if (code === 0) return stdout;
  const end = output.trimEnd().split('\n').slice(-15).join('\n');
  throw new VerifyError(`${command} ${args.slice(0, 3).join(' ')} … ended with ${code ?? 'a signal'}:\n${end}`);
}

/** Runs docker and returns its standard output. @throws VerifyError */
export function docker(args: readonly string[], options?: CommandOptions): Promise<string> {
  return run('docker', args, options);
}
