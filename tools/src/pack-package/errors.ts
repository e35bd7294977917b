import { codedError } from '@gatehouse/errors';

/** A package cannot be made; the message is a sentence for a person. */
export class PackError extends codedError('PACK_FAILED', (message: string) => message) {}
