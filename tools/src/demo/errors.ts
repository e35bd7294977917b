import { codedError } from '@gatehouse/errors';

/** The demo cannot go on; the message is a sentence for a person. */
export class DemoError extends codedError('DEMO_FAILED', (message: string) => message) {}
