import { type INestApplicationContext } from '@nestjs/common';
import { createLogger } from './logger';

/** Time that a service has to stop after SIGTERM; milliseconds. Then it ends itself. */
export const SHUTDOWN_LIMIT_MS = 25_000;

/** An ignored variable, and the variable that was probably meant. */
interface MisnamedVariable {
  readonly variable: string;
  readonly meant: string;
}

/**
 * Runs a service from its `main.ts`. A failed start prints one line to standard error and exits with code 1. SIGTERM
 * and SIGINT shut the service down in order, within 25 s. So does the end of the parent process, if it started the
 * service with an IPC channel, as `npm start` and tests do.
 * @param misnamed ignored variables with wrong names; each is logged as a warning
 */
export async function runService(
  name: string,
  start: () => Promise<INestApplicationContext>,
  misnamed: readonly MisnamedVariable[] = [],
): Promise<void> {
  for (const { variable, meant } of misnamed) {
    createLogger({ service: name, level: 'warn' }).warn(
      { variable, meant },
      `ignored ${variable}: did you mean ${meant}?`,
    );
  }
  try {
    const app = await start();
    let closing: Promise<void> | undefined;
    const close = (): void => {
      closing ??= closeWithin(name, app);
    };
    process.on('SIGTERM', close);
    process.on('SIGINT', close);
    process.on('disconnect', close);
    if (process.send !== undefined && !process.connected) close();
  } catch (error) {
    process.stderr.write(`${name} cannot start: ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

async function closeWithin(name: string, app: INestApplicationContext): Promise<void> {
  const limit = setTimeout(() => {
    process.stderr.write(`${name} did not stop within ${SHUTDOWN_LIMIT_MS / 1000} s\n`);
    process.exit(1);
  }, SHUTDOWN_LIMIT_MS);
  limit.unref();
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${name} did not stop cleanly: ${reasonOf(error)}\n`);
    process.exit(1);
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error';
  const { code, port, cause } = error as Error & { port?: number; cause?: unknown; code?: unknown };
  if (code === 'EADDRINUSE') return `port ${port ?? 'unknown'} is taken`;
  if (code === 'EACCES' && port !== undefined) return `port ${port} may not be opened by this user`;
  return cause instanceof Error ? `${error.message} (${cause.message || cause.name})` : error.message;
}
