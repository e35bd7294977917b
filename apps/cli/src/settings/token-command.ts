import { exec } from 'node:child_process';
import { UsageError } from '../errors';

const TIMEOUT_MS = 30_000;
const MOST_BYTES = 16_384;

/**
 * Runs a command that prints a session token, such as `npm run -s token -- ada@example.com`. What it writes to standard
 * error is shown.
 * @throws UsageError if it fails or prints no token
 */
export function runTokenCommand(command: string, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = exec(command, { timeout: TIMEOUT_MS, maxBuffer: MOST_BYTES, signal }, (error, stdout) => {
      const token = stdout.trim();
      // Neither the error nor the output is shown: both can hold the token.
      if (error !== null) reject(new UsageError(`GATEHOUSE_TOKEN_COMMAND failed${exitOf(error.code)}.`));
      else if (!/^\S+$/.test(token))
        reject(new UsageError('GATEHOUSE_TOKEN_COMMAND must print one token and nothing else.'));
      else resolve(token);
    });
    child.stderr?.pipe(process.stderr, { end: false });
  });
}

function exitOf(code: number | null | undefined): string {
  return typeof code === 'number' ? ` with exit code ${code}` : '';
}
