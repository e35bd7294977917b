import { runGatehouse } from './program';
import { version } from './version';

void main();

async function main(): Promise<void> {
  const interrupted = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
  // A reader such as `head` may end before everything is written.
  process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => process.exit(code === 'EPIPE' ? 0 : 1));
  const { stdin, stdout, stderr, env } = process;
  const io = { stdin, stdout, stderr, env, signal: interrupted.signal };
  process.exitCode = await runGatehouse(process.argv.slice(2), io, version());
}
