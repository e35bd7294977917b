import { codedError } from '@gatehouse/errors';

/** A file of the secrets directory exists, but its content cannot be used. The message never contains the content. */
export class SecretInvalidError extends codedError(
  'SECRET_INVALID',
  (file: string, problem: string) => `${file} ${problem}. Correct the file, or delete it to generate a new one.`,
) {}
