import { codedError } from '@gatehouse/errors';

/** A Compose file cannot be used; the message is a sentence for a person. */
export class ComposeFileError extends codedError('COMPOSE_FILE_INVALID', (message: string) => message) {}
