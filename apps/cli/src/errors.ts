import { codedError } from '@gatehouse/errors';

/** The arguments or the settings are wrong. The message names the option, variable or file, never a secret. */
export class UsageError extends codedError('USAGE', (message: string) => message) {}

/** A person did not confirm, or there was nobody to ask. */
export class NotConfirmedError extends codedError('NOT_CONFIRMED', (message: string) => message) {}
