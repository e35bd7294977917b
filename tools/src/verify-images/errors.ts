import { codedError } from '@gatehouse/errors';

/** The images cannot be verified, or a check failed; the message is a sentence for a person. */
export class VerifyError extends codedError('VERIFY_IMAGES_FAILED', (message: string) => message) {}
