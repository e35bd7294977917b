import { codedError } from '@gatehouse/errors';
import { type ExitCode } from './exit-codes';

/** The arguments or the settings are wrong. The message names the option, variable or file, never a secret. */
export class UsageError extends codedError('USAGE', (message: string) => message) {}

/** What the command asked for did not happen. The message says what failed, and never holds a secret. */
export class CommandFailedError extends codedError('FAILED', (message: string, _exitCode: ExitCode) => message) {
  constructor(
    message: string,
    readonly exitCode: ExitCode,
  ) {
    super(message, exitCode);
  }
}

/** A person did not confirm, or there was nobody to ask. */
export class NotConfirmedError extends codedError('NOT_CONFIRMED', (message: string) => message) {}
