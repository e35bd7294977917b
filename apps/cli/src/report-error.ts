import { GatehouseError, OptionInvalidError } from '@gatehouse/client';
import { CommandFailedError, NotConfirmedError, UsageError } from './errors';
import { type ExitCode, exitCodes } from './exit-codes';
import { hintFor } from './hints';
import { type Io } from './io';
import { printable } from './output/printable';

/**
 * Says on standard error why a command failed: the code of the problem, what happened, the request id, and what to do. With
 * `--json` as one line of JSON.
 * @returns the exit code
 */
export function reportError(
  thrown: unknown,
  { stderr, signal }: Pick<Io, 'stderr' | 'signal'>,
  json: boolean,
): ExitCode {
  const write = (text: string) => void stderr.write(`${text}\n`);
  if (signal.aborted) return exitCodes.interrupted;
  // The client wraps what a token command has to say.
  const isWrapped = thrown instanceof GatehouseError && thrown.cause instanceof UsageError;
  const error: unknown = isWrapped ? thrown.cause : thrown;
  if (error instanceof GatehouseError) {
    const { code, status, detail, requestId, fields } = error;
    const hint = hintFor(error);
    if (json) write(JSON.stringify({ error: { code, status, detail, requestId, fields, hint } }));
    else {
      const place = status === undefined ? code : `${status} ${code}`;
      write(printable(`gatehouse: ${place}: ${detail ?? connectionFault(error) ?? error.text}`));
      for (const { in: where, field, message } of fields) write(printable(`  ${where} ${field}: ${message}`));
      if (hint !== undefined) write(`  ${hint}`);
      if (requestId !== undefined) write(printable(`  request id ${requestId}`));
    }
    return exitCodeOf(error);
  }
  const known =
    error instanceof UsageError ||
    error instanceof OptionInvalidError ||
    error instanceof NotConfirmedError ||
    error instanceof CommandFailedError;
  const message = known ? error.message : `unexpected failure: ${(error as Error)?.stack ?? String(error)}`;
  write(
    json
      ? JSON.stringify({ error: { code: known ? error.code : 'unexpected', detail: message } })
      : `gatehouse: ${message.split('\n').map(printable).join('\n')}`,
  );
  if (error instanceof NotConfirmedError) return exitCodes.interrupted;
  if (error instanceof CommandFailedError) return error.exitCode;
  return known ? exitCodes.usage : exitCodes.failed;
}

function exitCodeOf({ status, code }: GatehouseError): ExitCode {
  if (code === 'token_unavailable' || status === 401 || status === 403) return exitCodes.forbidden;
  if (status === 404) return exitCodes.notFound;
  if (status === undefined || status === 408 || status === 429 || status >= 500) return exitCodes.unavailable;
  return exitCodes.failed;
}

/** Why there was no response, in the words of the system, such as ECONNREFUSED. */
function connectionFault({ cause }: Error): string | undefined {
  for (let reason = cause; reason instanceof Error; reason = reason.cause) {
    const { code } = reason as NodeJS.ErrnoException;
    if (typeof code === 'string') return `no response (${code})`;
  }
  return undefined;
}
